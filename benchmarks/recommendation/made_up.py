"""Made-up items and customers, for measuring sizes of which there is no public data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backends.recommendations.factorization.observations import Floats, Observations

_GROUPS = 1000
_DIMENSION = 64


@dataclass(frozen=True)
class Factors:
    """What a factorisation would have learned.

    Attributes:
        items: (n, 64) q_i.
        biases: (n,) b_i.
        customers: (m, 64) p_u.
    """

    items: Floats
    biases: Floats
    customers: Floats


def clustered(items: int, customers: int, seed: int) -> Factors:
    """Return factors as trained ones lie.

    Items come in 1,000 groups of very unequal size (kinds of goods), the i-th direction has i^-1/2
    of the first one's spread, and popular items have longer vectors and higher biases. A customer
    likes three groups, and something of his own. All directions are turned at random.
    """
    draw = np.random.default_rng(seed)
    spectrum = np.arange(1.0, _DIMENSION + 1) ** -0.5
    spectrum = (spectrum / np.linalg.norm(spectrum)).astype(np.float32)
    turn = np.linalg.qr(draw.standard_normal((_DIMENSION, _DIMENSION)))[0].astype(np.float32)
    centres = _normal(draw, _GROUPS, _DIMENSION)
    sizes = draw.dirichlet(np.full(_GROUPS, 0.5))
    popularity = _normal(draw, items)
    vectors = 0.6 * _normal(draw, items, _DIMENSION)
    vectors += 0.8 * centres[draw.choice(_GROUPS, items, p=sizes)]
    vectors *= spectrum
    vectors *= np.exp(0.3 * popularity)[:, None]
    liked = centres[draw.choice(_GROUPS, (customers, 3), p=sizes)].mean(axis=1)
    tastes = 3 * spectrum * (1.5 * liked + 0.5 * _normal(draw, customers, _DIMENSION))
    biases = 0.3 * popularity + 0.1 * _normal(draw, items)
    return Factors(vectors @ turn, biases, tastes @ turn)


def gaussian(items: int, customers: int, seed: int) -> Factors:
    """Return factors without any order, the hardest for a search: all numbers are normal."""
    draw = np.random.default_rng(seed)
    return Factors(
        _normal(draw, items, _DIMENSION) / np.float32(np.sqrt(_DIMENSION)),
        0.3 * _normal(draw, items),
        _normal(draw, customers, _DIMENSION),
    )


KINDS: dict[str, Callable[[int, int, int], Factors]] = {
    "clustered": clustered,
    "normal": gaussian,
}


def purchases(customers: int, items: int, each: int, seed: int) -> Observations:
    """Return what customers took: a tenth of the goods each, mostly the popular ones of these.

    Args:
        customers, items: how many there are.
        each: how many things a customer takes on average.
        seed: of all randomness.
    """
    draw = np.random.default_rng(seed)
    kinds = 10
    who = np.repeat(np.arange(customers), draw.poisson(each, customers))
    # Ranks within a kind, the k-th taken with a density of k^-1/2.
    rank = (draw.random(len(who)) ** 2 * (items // kinds)).astype(np.int64)
    kind = np.where(draw.random(len(who)) < 0.8, who % kinds, draw.integers(0, kinds, len(who)))
    pairs = np.unique(who * items + rank * kinds + kind)
    taken, what = np.divmod(pairs, items)
    return Observations(taken, what, np.ones(len(pairs), np.float32), customers, items)


def _normal(draw: np.random.Generator, *shape: int) -> Floats:
    return draw.standard_normal(shape, dtype=np.float32)
