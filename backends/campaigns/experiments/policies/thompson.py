"""Bernoulli Thompson sampling: posteriors by mabwiser, and the exact chance of each arm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mabwiser.mab import MAB, LearningPolicy
from numpy.typing import NDArray
from scipy.stats import beta

_TAIL = 1e-12


def posteriors(successes: Sequence[int], failures: Sequence[int]) -> NDArray[np.float64]:
    """Parameters a, b of each arm's Beta posterior, from a uniform prior.

    Source: Chapelle and Li, An Empirical Evaluation of Thompson Sampling, NIPS 2011.

    Args:
        successes, failures: counts of each arm.

    Returns:
        shape (arms, 2)
    """
    arms = list(range(len(successes)))
    bandit = MAB(arms, LearningPolicy.ThompsonSampling())
    counts = [count for pair in zip(successes, failures, strict=True) for count in pair]
    decisions = np.repeat(np.repeat(arms, 2), counts)
    rewards = np.repeat([1, 0] * len(arms), counts)
    if not len(decisions):
        return np.ones((len(arms), 2))
    bandit.fit(decisions, rewards)
    learned = bandit._imp
    return np.array(
        [[learned.arm_to_success_count[arm], learned.arm_to_fail_count[arm]] for arm in arms],
        dtype=np.float64,
    )


def chances(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability that each arm's draw from its posterior is the highest.

    P(arm k) = integral of f_k(x) prod over j != k of F_j(x) dx. It is taken over quantiles of arm
    k's own posterior, so that the points lie where its density is: the integral of the product of
    the other arms' F_j(F_k^-1(u)) over u from 0 to 1, by Gauss-Legendre quadrature.

    Args:
        parameters: of the posteriors, shape (arms, 2).

    Returns:
        shape (arms,); sums to 1.
    """
    nodes, weights = _quadrature()
    arms = len(parameters)
    found = np.empty(arms)
    for arm in range(arms):
        points = beta.ppf(nodes, *parameters[arm])
        product = np.ones_like(points)
        for other in range(arms):
            if other != arm:
                product *= beta.cdf(points, *parameters[other])
        found[arm] = weights @ product
    return found / found.sum()


def _quadrature() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and weights on (0, 1): pieces that grow finer towards both ends."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    edges = np.concatenate([[0.0], np.geomspace(_TAIL, 0.5, 25)])
    edges = np.concatenate([edges, 1 - edges[-2::-1]])
    low, width = edges[:-1, None], np.diff(edges)[:, None]
    return (
        (low + width * (nodes + 1) / 2).ravel(),
        (width * weights / 2).ravel(),
    )


def with_floor(probabilities: NDArray[np.float64], exploration: float) -> NDArray[np.float64]:
    """Mix with equal parts, so that no arm is ever given up for good."""
    arms = probabilities.shape[-1]
    return (1 - exploration) * probabilities + exploration / arms
