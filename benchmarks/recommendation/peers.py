"""The library `implicit`: alternating least squares and Bayesian personalised ranking."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

from scipy.sparse import csr_matrix

from backends.recommendations.factorization.metrics import RankingQuality, ranking_quality
from backends.recommendations.factorization.observations import Observations

FACTORS = 64
#: Passes over the data between two looks at the validation part, and looks at most.
STEP, _MOST_STEPS = 5, 20
_BPR = [
    {"learning_rate": rate, "regularization": pull}
    for rate, pull in itertools.product((0.005, 0.01, 0.02), (0.003, 0.01, 0.03))
]
_ALS = [
    {"alpha": alpha, "regularization": pull}
    for alpha, pull in itertools.product((1.0, 2.0, 4.0), (10.0, 30.0, 100.0))
]


def matrix(observations: Observations) -> csr_matrix:
    """Return (users, items)."""
    shape = (observations.user_count, observations.item_count)
    return csr_matrix((observations.values, (observations.users, observations.items)), shape)


def best_als(seen: Observations, held: Observations, seed: int) -> tuple[Any, dict[str, float]]:
    """Return the model that ranks the validation part best, and its settings."""
    from implicit.als import AlternatingLeastSquares

    def made(settings: dict[str, float]) -> Any:
        model = AlternatingLeastSquares(
            factors=FACTORS, iterations=20, random_state=seed, **settings
        )
        model.fit(matrix(seen), show_progress=False)
        return model

    return _best([(made(settings), settings) for settings in _ALS], seen, held)


def best_bpr(seen: Observations, held: Observations, seed: int) -> tuple[Any, dict[str, float]]:
    """Return the model that ranks the validation part best, and its settings.

    It is stopped where it ranks best: more passes over the data make it worse.
    """
    best, found = 0.0, (_BPR[0], 1)
    for settings in _BPR:
        steps = itertools.islice(bpr_in_steps(seen, settings, STEP, seed), _MOST_STEPS)
        for number, (_, model) in enumerate(steps, 1):
            ndcg = quality(model, seen, held).ndcg
            if ndcg > best:
                best, found = ndcg, (settings, number)
    settings, number = found
    steps = bpr_in_steps(seen, settings, STEP, seed)
    *_, (_, model) = itertools.islice(steps, number)
    return model, settings


def bpr_in_steps(
    seen: Observations, settings: dict[str, float], step: int, seed: int
) -> Iterator[tuple[float, Any]]:
    """Yield seconds of training and the model after each few passes over the data."""
    from implicit.bpr import BayesianPersonalizedRanking

    model = BayesianPersonalizedRanking(
        factors=FACTORS, iterations=step, random_state=seed, **settings
    )
    told = matrix(seen)
    seconds = 0.0
    while True:
        start = time.perf_counter()
        model.fit(told, show_progress=False)
        seconds += time.perf_counter() - start
        yield seconds, model


def quality(model: Any, seen: Observations, held: Observations) -> RankingQuality:
    """Measure a model of the library as ours is measured."""
    return ranking_quality(model.user_factors, model.item_factors, seen, held)


def _best(
    models: list[tuple[Any, dict[str, float]]], seen: Observations, held: Observations
) -> tuple[Any, dict[str, float]]:
    return max(models, key=lambda one: quality(one[0], seen, held).ndcg)
