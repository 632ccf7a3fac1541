"""Training with early stopping on a held-out part."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from backends.recommendations.factorization.explicit import RatingFactors, fit_ratings
from backends.recommendations.factorization.holdout import hold_out
from backends.recommendations.factorization.implicit import (
    PreferenceFactors,
    Strength,
    fit_preferences,
)
from backends.recommendations.factorization.metrics import ranking_quality, rmse
from backends.recommendations.factorization.model import HybridMatrixFactorization, Kind
from backends.recommendations.factorization.observations import Floats, Observations
from backends.recommendations.factorization.strengths import DEFAULT_STRENGTH, best_strength
from backends.recommendations.factorization.threads import few_threads

Factors = RatingFactors | PreferenceFactors
#: Called with the number of sweeps done since it was last called.
Progress = Callable[[int], object]

#: Enough to see which strengths are better.
_SWEEPS_TO_TRY = 5
#: Users whose held-out part is looked at after each sweep: their mean is sure enough.
_JUDGED = 2000
_WORTH_THREADS = 50_000


@dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    Attributes:
        dimension: d; by default 16 for ratings, where factors that are not needed shrink to
            nothing, and 64 for preferences.
        held_out: share of each user's observations that early stopping looks at.
        patience: sweeps without a better figure after which training stops.
        most_sweeps: in any case.
        strength: of preferences; None tries several on the held-out part.
        seed: of all randomness.
    """

    dimension: int | None = None
    held_out: float = 0.1
    patience: int = 3
    most_sweeps: int = 40
    strength: Strength | None = None
    seed: int = 7


@dataclass(frozen=True)
class Trained:
    """A model, trained on everything, and how it fared on the held-out part before.

    Attributes:
        model: it.
        metric: ``rmse`` or ``ndcg@10``.
        value: on the held-out part, None where there was nothing to hold out.
        sweeps: over users and items.
        seconds: all in all.
    """

    model: HybridMatrixFactorization
    metric: str
    value: float | None
    sweeps: int
    seconds: float


@dataclass
class _Best:
    """The best sweep so far; figures are such that higher is better."""

    figure: float = -np.inf
    sweep: int = 0
    history: list[float] = field(default_factory=list)

    def add(self, figure: float) -> None:
        self.history.append(figure)
        if figure > self.figure:
            self.figure, self.sweep = figure, len(self.history)


def train(
    observations: Observations,
    kind: Kind,
    user_features: Floats,
    item_features: Floats,
    options: TrainingOptions = TrainingOptions(),
    progress: Progress = lambda sweeps: None,
) -> Trained:
    """Find on a held-out part how many sweeps are best, then train that long on everything.

    Args:
        observations: at least one.
        kind: what the values are.
        user_features, item_features: (users, any) and (items, any); (n, 0) where there are none.
        options: see there.
        progress: called after each sweep.

    Raises:
        ValueError: there is no observation, a weight is not above 0, or features do not fit in
            number or are not finite.
    """
    if not len(observations):
        raise ValueError("there is nothing to learn from.")
    if (len(user_features), len(item_features)) != (
        observations.user_count,
        observations.item_count,
    ):
        raise ValueError("there must be one row of features for each user and each item.")
    if not (np.isfinite(user_features).all() and np.isfinite(item_features).all()):
        raise ValueError("a feature is not a finite number.")
    if kind == "preferences" and observations.values.min() <= 0:
        raise ValueError("the weight of a preference must be above 0.")
    # Of little work threads spend most of the time waiting for each other.
    with few_threads(len(observations) < _WORTH_THREADS):
        return _train(observations, kind, user_features, item_features, options, progress)


def _train(
    observations: Observations,
    kind: Kind,
    user_features: Floats,
    item_features: Floats,
    options: TrainingOptions,
    progress: Progress,
) -> Trained:
    started = time.perf_counter()
    dimension = options.dimension or (16 if kind == "ratings" else 64)

    # Features of users may know what is held out (tags learned from purchases): not to judge by.
    unknown = np.zeros((observations.user_count, 0), np.float32)

    def sweeps(learned: Observations, about_users: Floats, strength: Strength) -> Iterator[Factors]:
        if kind == "ratings":
            return fit_ratings(learned, about_users, item_features, dimension, options.seed)
        return fit_preferences(
            learned, about_users, item_features, dimension, strength, options.seed
        )

    seen, held = hold_out(observations, options.held_out, options.seed)
    judged = _of_some_users(held, options.seed)

    def best_of(strength: Strength, most: int = options.most_sweeps) -> _Best:
        best = _Best()
        for factors in islice(sweeps(seen, unknown, strength), most):
            best.add(_figure(factors, seen, judged))
            progress(1)
            if len(best.history) - best.sweep >= options.patience:
                break
        return best

    strength = options.strength or DEFAULT_STRENGTH
    if not len(held):
        best = _Best(sweep=min(10, options.most_sweeps))
    elif kind == "preferences" and options.strength is None:
        strength = best_strength(lambda tried: best_of(tried, _SWEEPS_TO_TRY).figure)
        best = best_of(strength)
    else:
        best = best_of(strength)
    last: list[Factors] = []
    for factors in islice(sweeps(observations, user_features, strength), max(best.sweep, 1)):
        last = [factors]
        progress(1)
    return Trained(
        model=HybridMatrixFactorization.of(last[0]),
        metric="rmse" if kind == "ratings" else "ndcg@10",
        value=abs(best.figure) if len(held) else None,
        sweeps=best.sweep,
        seconds=time.perf_counter() - started,
    )


def predicted(factors: RatingFactors, users: np.ndarray, items: np.ndarray) -> Floats:
    """Return the stars of pairs of users and items, not yet confined to the scale."""
    vectors = (factors.users[users, :-1] * factors.items[items, :-1]).sum(axis=1)
    return factors.mean + vectors + factors.users[users, -1] + factors.items[items, -1]


def _of_some_users(held: Observations, seed: int) -> Observations:
    """Return what is held out of `_JUDGED` users at most.

    To rank all items for all users would take a hundred times as long in a shop ten times as large.
    """
    users = np.unique(held.users)
    if len(users) <= _JUDGED:
        return held
    chosen = np.random.default_rng(seed).choice(users, _JUDGED, replace=False)
    return held.take(np.isin(held.users, chosen))


def _figure(factors: Factors, seen: Observations, held: Observations) -> float:
    if isinstance(factors, RatingFactors):
        return -rmse(predicted(factors, held.users, held.items), held.values)
    return ranking_quality(factors.users, factors.items, seen, held).ndcg
