"""Policies to be evaluated: the probability of each arm for each context."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backends.campaigns.experiments.off_policy.log import Log
from backends.campaigns.experiments.off_policy.reward_model import RewardModel
from backends.campaigns.experiments.policies.linucb import LinUcb


class Policy(Protocol):
    """Anything that says how likely it gives which arm."""

    def probabilities(self, contexts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shape (units, arms); rows sum to 1."""


class Weights:
    """The same probabilities for everybody.

    Args:
        weights: of the arms, not negative, not all 0.
    """

    def __init__(self, weights: NDArray[np.float64]) -> None:
        self._shares = np.asarray(weights, float) / np.sum(weights)

    def probabilities(self, contexts: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights in each row."""
        return np.tile(self._shares, (len(contexts), 1))


def always(arm: int, count: int) -> Weights:
    """One arm for everybody."""
    return Weights(np.eye(count)[arm])


class Learned:
    """The arm that a reward model learned from a log expects most of (a T-learner).

    Source: Künzel, Sekhon, Bickel and Yu, Metalearners for Estimating Heterogeneous Treatment
    Effects, PNAS 116 (2019).

    Args:
        log: what to learn from; not what the policy is evaluated on.
    """

    def __init__(self, log: Log) -> None:
        self._model, self._count = RewardModel.fit(log), log.count

    def probabilities(self, contexts: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 for the best arm."""
        return np.eye(self._count)[self._model.expected(contexts).argmax(1)]


class LearnedLinUcb:
    """The arm that LinUCB holds for the best after a log, its bound included.

    Args:
        log: what to learn from; contexts should lie between 0 and 1.
    """

    def __init__(self, log: Log) -> None:
        self._count = log.count
        self._model = LinUcb(log.count, log.contexts.shape[1] + 1)
        self._model.fit(_with_constant(log.contexts), log.arms, log.rewards)

    def probabilities(self, contexts: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 for the arm with the highest bound."""
        return np.eye(self._count)[self._model.best(_with_constant(contexts))]


def _with_constant(contexts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack([np.ones((len(contexts), 1)), contexts])
