"""Expected reward of each arm for a context."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.campaigns.experiments.off_policy.log import Log

_FEWEST = 20


class RewardModel:
    """One regression of each arm: logistic for rewards of 0 and 1, else ridge; means without
    features, and for an arm with too few units.

    Args:
        models: of each arm: a fitted regression, or a number.
    """

    def __init__(self, models: list[Any]) -> None:
        self._models = models

    @classmethod
    def fit(cls, log: Log) -> RewardModel:
        """Learn from a log."""
        from sklearn.linear_model import LogisticRegression, Ridge
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        is_binary = bool(np.isin(log.rewards, (0.0, 1.0)).all())
        models: list[Any] = []
        for arm in range(log.count):
            mine = log.arms == arm
            rewards = log.rewards[mine]
            if len(rewards) < _FEWEST or not log.contexts.shape[1] or len(set(rewards)) < 2:
                everybody = float(log.rewards.mean()) if len(log) else 0.0
                models.append(float(rewards.mean()) if len(rewards) else everybody)
                continue
            regression = LogisticRegression(max_iter=500) if is_binary else Ridge()
            fitted = make_pipeline(StandardScaler(), regression)
            models.append(fitted.fit(log.contexts[mine], rewards))
        return cls(models)

    def expected(self, contexts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shape (units, arms)."""
        found = np.empty((len(contexts), len(self._models)))
        for arm, model in enumerate(self._models):
            if isinstance(model, float):
                found[:, arm] = model
            elif hasattr(model, "predict_proba"):
                found[:, arm] = model.predict_proba(contexts)[:, 1]
            else:
                found[:, arm] = model.predict(contexts)
        return found


def cross_fitted(log: Log, folds: int = 5, seed: int = 0) -> NDArray[np.float64]:
    """Expected rewards of each unit by a model that has not seen it.

    Source: Chernozhukov et al., Double/Debiased Machine Learning for Treatment and Structural
    Parameters, The Econometrics Journal 21 (2018).

    Returns:
        shape (units, arms)
    """
    fold = np.random.default_rng(seed).permutation(len(log)) % folds
    found = np.empty((len(log), log.count))
    for each in range(folds):
        rows = fold == each
        found[rows] = RewardModel.fit(log.part(~rows)).expected(log.contexts[rows])
    return found
