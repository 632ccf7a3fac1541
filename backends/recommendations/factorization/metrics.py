"""How good predictions and rankings are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backends.recommendations.factorization.observations import Floats, Observations

_USERS_AT_ONCE = 1024


@dataclass(frozen=True)
class RankingQuality:
    """Means over the users who have something held out; 0 when there is none.

    Attributes:
        ndcg: normalised discounted cumulative gain of the first k (Järvelin and Kekäläinen 2002).
        recall: share of what was held out that is among the first k.
        users: how many users count.
    """

    ndcg: float
    recall: float
    users: int


def rmse(predicted: Floats, actual: Floats) -> float:
    """Return the root of the mean squared error."""
    return float(np.sqrt(np.mean((predicted - actual) ** 2)))


def ranking_quality(
    users: Floats, items: Floats, seen: Observations, held_out: Observations, k: int = 10
) -> RankingQuality:
    """Rank all items that a user has not seen, and look where those held out come.

    Args:
        users, items: (users, d) and (items, d) whose products are the scores.
        seen: what is not ranked for its user.
        held_out: what should come first.
        k: length of the list.
    """
    k = min(k, held_out.item_count)
    discounts = 1 / np.log2(np.arange(2, k + 2))
    best = np.cumsum(discounts)
    gains: list[float] = []
    found: list[float] = []
    chosen = np.unique(held_out.users)
    wanted = _positions(held_out)
    barred = _positions(seen)
    for at in range(0, len(chosen), _USERS_AT_ONCE):
        some = chosen[at : at + _USERS_AT_ONCE]
        scores = users[some] @ items.T
        for row, user in zip(scores, some.tolist(), strict=True):
            row[barred.get(user, _NOTHING)] = -np.inf
            top = np.argpartition(-row, k - 1)[:k]
            hits = np.isin(top[np.argsort(-row[top], kind="stable")], wanted[user])
            gains.append(float(discounts[hits].sum() / best[min(len(wanted[user]), k) - 1]))
            found.append(float(hits.sum() / len(wanted[user])))
    if not gains:
        return RankingQuality(0.0, 0.0, 0)
    return RankingQuality(float(np.mean(gains)), float(np.mean(found)), len(gains))


_NOTHING = np.zeros(0, np.int64)


def _positions(observations: Observations) -> dict[int, NDArray]:
    """Return the items of each user."""
    order = np.argsort(observations.users, kind="stable")
    users, starts = np.unique(observations.users[order], return_index=True)
    return dict(zip(users.tolist(), np.split(observations.items[order], starts)[1:], strict=True))
