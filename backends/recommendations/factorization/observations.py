"""What users did with items, as the factorisation wants it: index pairs with a value each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Observations:
    """Pairs of a user and an item, each once, with a value.

    Attributes:
        users, items: (n,) indices from 0.
        values: (n,) stars of a rating, or the weight of implicit feedback.
        user_count, item_count: how many there are in all, also without observations.
    """

    users: Indices
    items: Indices
    values: Floats
    user_count: int
    item_count: int

    def __post_init__(self) -> None:
        count = len(self.users)
        if not (self.users.shape == self.items.shape == self.values.shape == (count,)):
            raise ValueError("users, items and values must be of one length.")
        if not np.isfinite(self.values).all():
            raise ValueError("a value is not a finite number.")
        for indices, bound in ((self.users, self.user_count), (self.items, self.item_count)):
            if count and (indices.min() < 0 or indices.max() >= bound):
                raise ValueError(f"an index lies outside 0..{bound - 1}.")
        if count and len(np.unique(self.users * self.item_count + self.items)) != count:
            raise ValueError("a pair of user and item is there twice: join them first.")

    def __len__(self) -> int:
        return len(self.users)

    def take(self, chosen: NDArray) -> Observations:
        """Return some of the observations, by mask or positions, among the same users and items."""
        return Observations(
            self.users[chosen],
            self.items[chosen],
            self.values[chosen],
            self.user_count,
            self.item_count,
        )

    def by_user(self) -> list[Indices]:
        """Return the positions of each user's observations, in their order; none for some."""
        order = np.argsort(self.users, kind="stable")
        return np.split(order, np.searchsorted(self.users[order], np.arange(1, self.user_count)))

    def item_counts(self) -> Indices:
        """Return (item_count,) how many observations each item has."""
        return np.bincount(self.items, minlength=self.item_count)

    def user_counts(self) -> Indices:
        """Return (user_count,) how many observations each user has."""
        return np.bincount(self.users, minlength=self.user_count)
