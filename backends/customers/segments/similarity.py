"""Customers like some given ones, and what they have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from backends.customers.profiles.store import Kept
from backends.customers.profiles.vectorizer import Floats, Vectorizer

#: Names of the parts of the vector that stand for texts.
BOUGHT, WRITTEN = "what_they_buy", "what_they_write"
_REASONS = 3


@dataclass(frozen=True)
class Shared:
    """Something in common.

    Attributes:
        name: a feature, `BOUGHT` or `WRITTEN`.
        share: of all that the two have in common.
        value: the customer's, None for texts or when it is not known.
    """

    name: str
    share: float
    value: float | None


@dataclass(frozen=True)
class Like:
    """A customer and how alike they are: the cosine of their vector to the group's mean."""

    customer: str
    similarity: float
    reasons: tuple[Shared, ...]


class Layout:
    """Which part of the vectors stands for what, and how much it counts.

    Args:
        names: of the features, at the head of the vectors.
        weights: what the features are multiplied by.
        bought, written: number of directions of what was bought and written, after them.
    """

    def __init__(self, names: Sequence[str], weights: Floats, bought: int, written: int) -> None:
        self.weights = np.concatenate([weights, np.ones(bought + written)])
        self._starts = [*range(len(names))]
        self._names = [*names]
        if bought:
            self._starts.append(len(names))
            self._names.append(BOUGHT)
        if written:
            self._starts.append(len(names) + bought)
            self._names.append(WRITTEN)

    def sums(self, products: Floats) -> dict[str, float]:
        """Add up a vector's numbers by what they stand for."""
        return dict(zip(self._names, np.add.reduceat(products, self._starts), strict=True))


def layout_of(vectorizer: Vectorizer) -> Layout:
    """Return the layout of the vectors that it makes.

    The classifiers see the shares of all categories as one block; here each counts as a feature of
    its own, since tastes are what people mean by "customers like these".
    """
    return Layout(
        vectorizer.names, 1 / vectorizer.weights, vectorizer.bought.size, vectorizer.said.size
    )


def similar(
    customers: Sequence[Kept], given: Collection[str], layout: Layout, limit: int
) -> list[Like]:
    """Return other customers, those most like the given ones first.

    The vectors are standardised, so that 0 is the average customer: what the given ones have in
    common adds up in their mean, what they differ in goes out. Only those who are at all more like
    them than the average customer is are returned.

    Args:
        customers: all who may be found, with vectors of the layout's size.
        given: ids of those they shall be like; at least one is among the customers.
        layout: of the vectors.
        limit: how many.
    """
    vectors = np.stack([one.vector for one in customers if one.vector is not None])
    vectors = vectors * layout.weights
    inside = np.array([one.customer in given for one in customers])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = vectors / np.maximum(lengths, 1e-12)
    wanted = units[inside].mean(0)
    wanted = wanted / max(float(np.linalg.norm(wanted)), 1e-12)
    cosines = units @ wanted
    order = np.argsort(-cosines, kind="stable")
    chosen = [at for at in order if not inside[at] and cosines[at] > 0][:limit]
    return [
        Like(
            customers[at].customer,
            min(float(cosines[at]), 1.0),
            _reasons(layout.sums(units[at] * wanted), customers[at]),
        )
        for at in chosen
    ]


def _reasons(sums: dict[str, float], one: Kept) -> tuple[Shared, ...]:
    total = sum(value for value in sums.values() if value > 0)
    best = sorted(sums, key=lambda name: -sums[name])[:_REASONS]
    return tuple(
        Shared(name, float(sums[name] / total), one.values.get(name))
        for name in best
        if sums[name] > 0
    )
