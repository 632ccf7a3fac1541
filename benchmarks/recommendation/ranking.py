"""How well what a user will take is ranked: MovieLens-100K, 80/10/10, among all films."""

from __future__ import annotations

import argparse

import numpy as np

from backends.recommendations.factorization.metrics import ranking_quality
from backends.recommendations.factorization.model import HybridMatrixFactorization
from backends.recommendations.factorization.observations import Floats, Observations
from backends.recommendations.factorization.training import train
from benchmarks.harness import Figure
from benchmarks.recommendation import peers
from benchmarks.recommendation.movielens import eighty_ten_ten, movielens


def measure(options: argparse.Namespace) -> list[Figure]:
    """Train on the training part, rank what is in neither it nor the validation part.

    Our model chooses on a part of the training part; the validation part is for the peers alone.
    """
    data = movielens(options)
    every = data.preferences
    training, validation, test = eighty_ten_ten(every, options.seed)
    seen, held, asked = every.take(training), every.take(validation), every.take(test)
    shown = every.take(training | validation)
    people = np.zeros((every.user_count, 0), np.float32)
    films = data.vectors(options.state)
    ours = train(seen, "preferences", people, films).model
    found = ranking_quality(users_of(ours, seen), ours.item_vectors, shown, asked)
    figures = [
        Figure(
            "ranking: NDCG@10", found.ndcg, "", target=">= 0.30", published="RecBole BPR 0.2768"
        ),
        Figure(
            "ranking: recall@10", found.recall, "", target=">= 0.25", published="RecBole BPR 0.2368"
        ),
    ]
    if options.peers:
        for name, best in (("ALS", peers.best_als), ("BPR", peers.best_bpr)):
            model, _ = best(seen, held, options.seed)
            other = peers.quality(model, shown, asked)
            figures.append(Figure(f"ranking: NDCG@10 of implicit's {name}", other.ndcg, ""))
            figures.append(Figure(f"ranking: recall@10 of implicit's {name}", other.recall, ""))
    return figures


def users_of(model: HybridMatrixFactorization, seen: Observations) -> Floats:
    """Return (users, d) vectors folded in from what was seen."""
    return np.stack(
        [model.fold_in(seen.items[mine], seen.values[mine]).vector for mine in seen.by_user()]
    )
