"""Whether a new model may serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from backends.recommendations.factorization.holdout import hold_out
from backends.recommendations.factorization.metrics import ranking_quality, rmse
from backends.recommendations.factorization.model import Kind
from backends.recommendations.factorization.observations import Observations
from backends.recommendations.factorization.training import Trained, TrainingOptions

#: A new model may be worse than the one that serves by so much: what was held out differs.
TOLERANCE = 0.9


@dataclass(frozen=True)
class Quality:
    """How a model fared on the part held out while it was trained.

    Attributes:
        metric: ``ndcg@10`` or ``rmse``.
        value: of the model, None where nothing could be held out.
        baseline: of what needs no learning: the most popular products, or the mean stars of each.
    """

    metric: str
    value: float | None
    baseline: float | None

    @property
    def skill(self) -> float | None:
        """How many times better than the baseline; comparable between nights."""
        if not self.value or not self.baseline:
            return None
        return self.value / self.baseline if self.metric != "rmse" else self.baseline / self.value

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)


def quality(
    trained: Trained, kind: Kind, observations: Observations, options: TrainingOptions
) -> Quality:
    """Measure the baseline on the same held-out part as the model."""
    seen, held = hold_out(observations, options.held_out, options.seed)
    if not len(held):
        return Quality(trained.metric, None, None)
    counts = seen.item_counts().astype(np.float32)
    if kind == "preferences":
        everybody = np.ones((observations.user_count, 1), np.float32)
        return Quality(
            trained.metric,
            trained.value,
            ranking_quality(everybody, counts[:, None], seen, held).ndcg,
        )
    mean = seen.values.mean()
    sums = np.bincount(seen.items, weights=seen.values - mean, minlength=observations.item_count)
    means = (mean + sums / np.maximum(counts, 1)).astype(np.float32)
    return Quality(trained.metric, trained.value, rmse(means[held.items], held.values))


def objection(new: Quality, serving: Mapping[str, Any] | None) -> str | None:
    """Say why a new model may not serve; None when it may.

    Args:
        new: its quality.
        serving: the quality of the model that serves, as `Quality.to_json` wrote it, or None.
    """
    if new.skill is None:
        return None
    if new.skill < 1:
        return (
            f"its {new.metric} is {new.value:.3f}, worse than that of what needs no learning "
            f"({new.baseline:.3f})"
        )
    before = Quality(**serving).skill if serving else None
    if before is not None and new.skill < TOLERANCE * before:
        return (
            f"it is {new.skill:.2f} times as good as what needs no learning, the model that serves "
            f"was {before:.2f} times as good"
        )
    return None
