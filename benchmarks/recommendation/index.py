"""How fast the best ten of a million items are found, and whether they are the best ten."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from backends.recommendations.factorization.observations import Floats, Indices
from backends.recommendations.index.inner_product import MaximumInnerProductIndex
from benchmarks.harness import Figure
from benchmarks.recommendation.index_peers import PEERS
from benchmarks.recommendation.made_up import KINDS, Factors
from benchmarks.recommendation.own_process import in_own_process

ITEMS, CUSTOMERS = 1_000_000, 500
_BEST = 10
_WARM_UP = 20
_MIB = 2**20
Search = Callable[[Floats], Indices]


def measure(options: argparse.Namespace) -> list[Figure]:
    """Search in items that lie as trained ones do, and in some that lie as badly as can be."""
    figures = []
    for kind in KINDS:
        run, peak = in_own_process(search_in, kind, ITEMS, CUSTOMERS, options.seed, options.peers)
        figures += _figures(f"{ITEMS:,} {kind} items", run, peak)
    return figures


def search_in(kind: str, items: int, customers: int, seed: int, peers: bool) -> dict[str, Any]:
    """Build the index and search it for one customer after another, then with numpy.

    Args:
        kind: one of `KINDS`.
        items, customers: how many.
        seed: of all randomness.
        peers: whether to do the same with `PEERS`.

    Returns:
        For the index: seconds of ``build``, ``memory`` in MiB beside that of the vectors; and for
        it, for ``exact`` and each of ``peers``: ``milliseconds`` of each search and ``recall``.
    """
    factors = KINDS[kind](items, customers, seed)
    few = np.random.default_rng(seed).random(items) < 0.1
    before = psutil.Process().memory_info().rss
    started = time.perf_counter()
    index = MaximumInnerProductIndex(factors.items, factors.biases)
    built = time.perf_counter() - started
    held = psutil.Process().memory_info().rss - before

    def ours(query: Floats, allowed: NDArray[np.bool_] | None = None) -> Indices:
        return index.search(query[None], _BEST, allowed)[0][0]

    exact = _exact(factors, np.arange(items))
    best, exact_times = _timed(exact, factors.customers)
    best_of_few, _ = _timed(_exact(factors, np.flatnonzero(few)), factors.customers)
    run: dict[str, Any] = {
        "build": built,
        "memory": held / _MIB,
        "exact": {"milliseconds": exact_times},
        "index": _judged(ours, factors, best),
        "among few": _judged(lambda query: ours(query, few), factors, best_of_few),
        "peers": {},
    }
    for name, make in PEERS.items() if peers else ():
        started = time.perf_counter()
        search = make(factors, _BEST)
        seconds = time.perf_counter() - started
        run["peers"][name] = {"build": seconds, **_judged(search, factors, best)}
    return run


def _exact(factors: Factors, among: Indices) -> Search:
    """Return a search by numpy, that computes all scores."""
    everything = len(among) == len(factors.items)
    vectors = factors.items if everything else factors.items[among]
    biases = factors.biases[among]

    def search(query: Floats) -> Indices:
        scores = vectors @ query + biases
        best = np.argpartition(-scores, _BEST - 1)[:_BEST]
        return among[best[np.argsort(-scores[best])]]

    return search


def _timed(search: Search, queries: Floats) -> tuple[list[Indices], list[float]]:
    for query in queries[:_WARM_UP]:
        search(query)
    found, milliseconds = [], []
    for query in queries:
        started = time.perf_counter()
        found.append(search(query))
        milliseconds.append(1000 * (time.perf_counter() - started))
    return found, milliseconds


def _judged(search: Search, factors: Factors, best: list[Indices]) -> dict[str, Any]:
    found, milliseconds = _timed(search, factors.customers)
    hits = [np.isin(one, other).sum() for one, other in zip(found, best, strict=True)]
    return {"milliseconds": milliseconds, "recall": float(np.mean(hits)) / _BEST}


def _figures(of: str, run: dict[str, Any], peak: float) -> list[Figure]:
    ours, few, exact = (_p50_p99(run[name]) for name in ("index", "among few", "exact"))
    figures = [
        Figure(f"{of}: search p50, peer: numpy", ours[0], "ms", exact[0], "<= 10"),
        Figure(f"{of}: search p99, peer: numpy", ours[1], "ms", exact[1], "<= 30"),
        Figure(f"{of}: recall@{_BEST}", run["index"]["recall"], "", 1.0, ">= 0.98"),
        Figure(f"{of}: among a tenth of them, p50", few[0], "ms"),
        Figure(f"{of}: among a tenth of them, p99", few[1], "ms"),
        Figure(f"{of}: among a tenth of them, recall@{_BEST}", run["among few"]["recall"], ""),
        Figure(f"{of}: building the index", run["build"], "s"),
        Figure(f"{of}: memory of the index beside the vectors", run["memory"], "MiB"),
        Figure(f"{of}: peak memory of the process", peak, "MiB"),
    ]
    for name, peer in run["peers"].items():
        p50, p99 = _p50_p99(peer)
        figures += [
            Figure(f"{of}, {name}: search p50", p50, "ms"),
            Figure(f"{of}, {name}: search p99", p99, "ms"),
            Figure(f"{of}, {name}: recall@{_BEST}", peer["recall"], ""),
            Figure(f"{of}, {name}: building", peer["build"], "s"),
        ]
    return figures


def _p50_p99(run: dict[str, Any]) -> list[float]:
    return np.percentile(run["milliseconds"], [50, 99]).tolist()
