"""A part of the observations kept from training, to see when it should stop."""

from __future__ import annotations

import numpy as np

from backends.recommendations.factorization.observations import Observations

#: A user with fewer observations keeps them all.
_LEAST = 5


def hold_out(
    observations: Observations, share: float, seed: int
) -> tuple[Observations, Observations]:
    """Split off, of each user with at least five observations, a share, at least one.

    Args:
        observations: any.
        share: between 0 and 1.
        seed: the same seed gives the same split.

    Returns:
        What to train on, and what was held out.
    """
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(observations))
    order = order[np.argsort(observations.users[order], kind="stable")]
    users = observations.users[order]
    counts = observations.user_counts()
    place = np.arange(len(order)) - np.searchsorted(users, users)
    taken = np.where(counts >= _LEAST, np.maximum(np.floor(counts * share), 1), 0)
    held = np.zeros(len(observations), bool)
    held[order[place < taken[users]]] = True
    return observations.take(~held), observations.take(held)
