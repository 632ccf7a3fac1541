"""What ten times the customers and items cost, in time and memory."""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.harness import Figure
from benchmarks.nlu.worker import peak_mib
from benchmarks.recommendation.made_up import purchases
from benchmarks.recommendation.own_process import in_own_process

CUSTOMERS, ITEMS, EACH = 3_000, 2_000, 20
_TIMES = 10
_SWEEPS, _SEARCHES, _BEST = 4, 300, 10


def measure(options: argparse.Namespace) -> list[Figure]:
    """Train and serve one shop and one ten times as large, each in a process of its own."""
    small, large = (
        in_own_process(train_and_serve, times * CUSTOMERS, times * ITEMS, EACH, options.seed)[0]
        for times in (1, _TIMES)
    )
    figures = []
    for name, unit in _UNITS.items():
        figures += [
            Figure(f"{name}, {CUSTOMERS:,} customers and {ITEMS:,} items", small[name], unit),
            Figure(f"{name}, {_TIMES} times as many of both", large[name], unit),
            Figure(f"{name}, ratio", large[name] / small[name], "times", target=f"<= {_TIMES}"),
        ]
    return figures


_UNITS = {
    "training": "s",
    "memory of training": "MiB",
    "building the index": "s",
    "one customer's best, p50": "ms",
}


def train_and_serve(customers: int, items: int, each: int, seed: int) -> dict[str, float]:
    """Train on made-up purchases, then fold in customers and search for their best.

    The number of sweeps and the strengths are fixed, so that the same is done at both sizes. Memory
    is what training adds at its peak to torch and the data.

    Args:
        customers, items: how many.
        each: things a customer took, on average.
        seed: of all randomness.
    """
    import torch  # noqa: F401  # its memory and time are nobody's

    from backends.recommendations.factorization.implicit import Strength
    from backends.recommendations.factorization.training import TrainingOptions, train
    from backends.recommendations.index.inner_product import MaximumInnerProductIndex

    taken = purchases(customers, items, each, seed)
    options = TrainingOptions(
        patience=_SWEEPS, most_sweeps=_SWEEPS, strength=Strength(0.4, 0.01), seed=seed
    )
    nothing = np.zeros((customers, 0), np.float32), np.zeros((items, 0), np.float32)
    before = peak_mib()
    started = time.perf_counter()
    model = train(taken, "preferences", *nothing, options).model
    trained = time.perf_counter()
    memory = peak_mib() - before
    index = MaximumInnerProductIndex(model.item_vectors, model.item_biases, seed)
    built = time.perf_counter()
    milliseconds = []
    starts = np.searchsorted(taken.users, np.arange(_SEARCHES + 1))
    for one in range(_SEARCHES):
        own = slice(starts[one], starts[one + 1])
        asked = time.perf_counter()
        customer = model.fold_in(taken.items[own].tolist(), taken.values[own].tolist())
        index.search(customer.vector[None], _BEST)
        milliseconds.append(1000 * (time.perf_counter() - asked))
    return {
        "training": trained - started,
        "memory of training": memory,
        "building the index": built - trained,
        "one customer's best, p50": float(np.median(milliseconds)),
    }
