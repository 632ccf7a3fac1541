"""Films that training never saw, ranked by their text alone."""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.metrics import roc_auc_score

from backends.recommendations.factorization.metrics import ranking_quality
from backends.recommendations.factorization.observations import Floats, Observations
from backends.recommendations.factorization.training import train
from benchmarks.harness import Figure
from benchmarks.recommendation.movielens import movielens
from benchmarks.recommendation.ranking import users_of

_SHARE = 0.1


def measure(options: argparse.Namespace) -> list[Figure]:
    """Hide a tenth of the films from training and rank them, among themselves, for each user."""
    data = movielens(options)
    every = data.preferences
    draw = np.random.default_rng(options.seed)
    hidden = np.sort(draw.permutation(every.item_count)[: int(_SHARE * every.item_count)])
    known = np.setdiff1d(np.arange(every.item_count), hidden)
    films = data.vectors(options.state)
    people = np.zeros((every.user_count, 0), np.float32)
    seen, asked = _among(every, known), _among(every, hidden)
    model = train(seen, "preferences", people, films[known]).model
    users = users_of(model, seen)
    vectors, _ = model.new_items(films[hidden])
    nothing = asked.take(np.zeros(len(asked), bool))
    ours = ranking_quality(users, vectors, nothing, asked)
    # Nothing is known of how popular new films are: their order is chance.
    chance = draw.random((1, len(hidden))).astype(np.float32)
    popularity = ranking_quality(
        np.ones((every.user_count, 1), np.float32), chance.T, nothing, asked
    )
    return [
        Figure("new items: NDCG@10", ours.ndcg, "", peer=popularity.ndcg),
        Figure("new items: NDCG@10 beside popularity", ours.ndcg / popularity.ndcg, "times",
               target=">= 3"),
        Figure("new items: AUC", _auc(users @ vectors.T, asked), "", peer=0.5, target=">= 0.75"),
    ]  # fmt: skip


def _among(every: Observations, items: np.ndarray) -> Observations:
    """Return the observations of some items, numbered anew."""
    places = np.full(every.item_count, -1)
    places[items] = np.arange(len(items))
    kept = places[every.items] >= 0
    return Observations(
        every.users[kept],
        places[every.items[kept]],
        every.values[kept],
        every.user_count,
        len(items),
    )


def _auc(scores: Floats, asked: Observations) -> float:
    """Return the mean over users of the area under the ROC curve."""
    wanted = np.zeros(scores.shape, bool)
    wanted[asked.users, asked.items] = True
    rows = np.flatnonzero(wanted.any(axis=1) & ~wanted.all(axis=1))
    return float(np.mean([roc_auc_score(wanted[row], scores[row]) for row in rows]))
