"""LinUCB: ridge regressions by mabwiser, the highest upper bound, and a floor of exploration."""

from __future__ import annotations

from typing import Any

import numpy as np
from mabwiser.mab import MAB, LearningPolicy
from numpy.typing import NDArray

from backends.campaigns.experiments.design import Feature

#: Width of the upper bound in standard errors, and the ridge.
ALPHA, RIDGE = 1.0, 1.0


def scaled(contexts: NDArray[np.float64], features: tuple[Feature, ...]) -> NDArray[np.float64]:
    """Contexts as the regressions see them: each feature from 0 to 1, and a constant 1.

    Args:
        contexts: values in the features' order, shape (units, features).
    """
    low = np.array([feature.low for feature in features])
    high = np.array([feature.high for feature in features])
    return np.hstack([np.ones((len(contexts), 1)), (contexts - low) / (high - low)])


class LinUcb:
    """Disjoint linear models with upper confidence bounds.

    Source: Li, Chu, Langford and Schapire, A Contextual-Bandit Approach to Personalized News
    Article Recommendation, WWW 2010, algorithm 1.

    Args:
        arms: how many.
        columns: of the scaled contexts.
    """

    def __init__(self, arms: int, columns: int) -> None:
        self._arms = arms
        self._bandit = MAB(
            list(range(arms)), LearningPolicy.LinUCB(alpha=ALPHA, l2_lambda=RIDGE), seed=0
        )
        models = self._bandit._imp
        models.num_features = columns
        for arm in range(arms):
            models.arm_to_model[arm].init(num_features=columns)

    def fit(
        self,
        contexts: NDArray[np.float64],
        arms: NDArray[np.int64],
        rewards: NDArray[np.float64],
    ) -> LinUcb:
        """Learn from scaled contexts, arms' places and rewards; an arm without any stays new."""
        if len(arms):
            self._bandit.fit(arms, rewards, contexts)
        return self

    def scores(self, contexts: NDArray[np.float64]) -> NDArray[np.float64]:
        """The upper bound of each arm, shape (units, arms)."""
        models = self._bandit._imp.arm_to_model
        return np.stack([models[arm].predict(contexts) for arm in range(self._arms)], axis=1)

    def values(self, contexts: NDArray[np.float64]) -> NDArray[np.float64]:
        """The expected reward of each arm without the bound, shape (units, arms)."""
        models = self._bandit._imp.arm_to_model
        return np.stack([contexts @ models[arm].beta for arm in range(self._arms)], axis=1)

    def best(self, contexts: NDArray[np.float64]) -> NDArray[np.int64]:
        """The arm with the highest bound; of equal ones the first."""
        return self.scores(contexts).argmax(1)

    def stored(self) -> list[dict[str, Any]]:
        """The regressions as JSON."""
        models = self._bandit._imp.arm_to_model
        return [
            {"a": models[arm].A.tolist(), "b": models[arm].Xty.tolist()}
            for arm in range(self._arms)
        ]

    @classmethod
    def restored(cls, stored: list[dict[str, Any]]) -> LinUcb:
        """The regressions of `stored`."""
        made = cls(len(stored), len(stored[0]["b"]))
        for arm, each in enumerate(stored):
            model = made._bandit._imp.arm_to_model[arm]
            model.A, model.Xty = np.array(each["a"]), np.array(each["b"])
            model.A_inv = np.linalg.inv(model.A)
            model.beta = model.A_inv @ model.Xty
        return made


def probabilities(best: NDArray[np.int64], arms: int, exploration: float) -> NDArray[np.float64]:
    """The probability of each arm, shape (units, arms): the best one, or with a floor any."""
    found = np.full((len(best), arms), exploration / arms)
    found[np.arange(len(best)), best] += 1 - exploration
    return found
