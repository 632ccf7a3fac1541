"""Arm values from bandit data, whose plain means are biased.

A bandit gives an arm less once it has looked bad by chance, so a low mean is never corrected
(Nie, Tian, Taylor and Zou, Why Adaptively Collected Data Have Negative Bias, AISTATS 2018). Here
each unit gives an augmented inverse-propensity-weighted score for every arm, and scores are
averaged with weights that keep their variance even as propensities change. Source: Hadad,
Hirshberg, Zhan, Wager and Athey, Confidence Intervals for Policy Evaluation in Adaptive
Experiments, PNAS 118 (2021), https://arxiv.org/abs/1911.02768, the adaptively weighted estimator with variance-stabilising
weights; for propensities that depend on a context the weights are of the version only: Zhan, Hadad,
Hirshberg and Athey, Off-Policy Evaluation via Adaptive Weighting with Data from Contextual Bandits,
KDD 2021, "StableVar".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Cell:
    """Settled units of one policy version that had the same propensities and got the same arm.

    Attributes:
        version: of the policy.
        propensities: of each arm.
        arm: which they got.
        units: how many.
        total, squares: sum of their values, and of the squares.
    """

    version: int
    propensities: tuple[float, ...]
    arm: int
    units: float
    total: float
    squares: float


@dataclass(frozen=True)
class ArmValues:
    """Estimated mean value of each arm, and the covariance matrix of the estimates."""

    means: NDArray[np.float64]
    covariance: NDArray[np.float64]


def adaptively_weighted(cells: Sequence[Cell], arms: int) -> ArmValues | None:
    """Estimate the value of each arm; None when an arm has no weight.

    Args:
        cells: the data, any order.
        arms: how many there are.
    """
    if not cells:
        return None
    version = np.array([cell.version for cell in cells])
    got = np.array([cell.arm for cell in cells])
    chance = np.array([cell.propensities for cell in cells], float)
    units, total, squares = (
        np.array([getattr(cell, name) for cell in cells], float)
        for name in ("units", "total", "squares")
    )
    versions = np.unique(version)
    weight = np.zeros((len(cells), arms))
    guess = np.zeros((len(cells), arms))
    seen, sums = np.zeros(arms), np.zeros(arms)
    for each in versions:
        here = version == each
        share = units[here] / units[here].sum()
        with np.errstate(divide="ignore"):
            weight[here] = (share @ (1 / chance[here])) ** -0.5
        # Only what earlier versions saw: the guess may not know the outcomes it is used for.
        guess[here] = np.divide(sums, seen, out=np.zeros(arms), where=seen > 0)
        seen += np.bincount(got[here], units[here], arms)
        sums += np.bincount(got[here], total[here], arms)
    # Of units that got the arm: guess + (value - guess) / chance; of others: the guess.
    mine = got[:, None] == np.arange(arms)
    inverse = np.divide(1.0, chance, out=np.zeros_like(chance), where=chance > 0)
    off = total[:, None] - guess * units[:, None]
    off_squares = squares[:, None] - 2 * guess * total[:, None] + guess**2 * units[:, None]
    scores = guess * units[:, None] + mine * off * inverse
    all_weight = weight.T @ units
    if not (all_weight > 0).all():
        return None
    means = (weight * scores).sum(0) / all_weight
    # Sum over units of h_a h_b (score_a - mean_a)(score_b - mean_b), from the cells' sums.
    rest = guess - means
    covariance = np.empty((arms, arms))
    for a in range(arms):
        for b in range(arms):
            product = rest[:, a] * rest[:, b] * units
            product = product + mine[:, a] * off[:, a] * inverse[:, a] * rest[:, b]
            product = product + mine[:, b] * off[:, b] * inverse[:, b] * rest[:, a]
            if a == b:
                product = product + mine[:, a] * off_squares[:, a] * inverse[:, a] ** 2
            both = weight[:, a] * weight[:, b]
            covariance[a, b] = (both * product).sum() / (all_weight[a] * all_weight[b])
    return ArmValues(means, covariance)
