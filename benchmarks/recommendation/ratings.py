"""How well stars are predicted: MovieLens-100K, five folds."""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.model_selection import KFold
from tqdm import tqdm

from backends.recommendations.factorization.metrics import rmse
from backends.recommendations.factorization.observations import Floats, Observations
from backends.recommendations.factorization.training import train
from benchmarks.harness import Figure
from benchmarks.recommendation.movielens import movielens


def measure(options: argparse.Namespace) -> list[Figure]:
    """Train on four fifths, predict the fifth, by text and without."""
    data = movielens(options)
    nothing = np.zeros((len(data.texts), 0), np.float32)
    features = {"with text": data.vectors(options.state), "without text": nothing}
    errors: dict[str, list[float]] = {name: [] for name in features}
    alone: list[float] = []
    folds = KFold(5, shuffle=True, random_state=options.seed).split(data.ratings.users)
    for seen, held in tqdm(list(folds), desc="ratings", unit="fold"):
        learned, asked = data.ratings.take(seen), data.ratings.take(held)
        alone.append(rmse(_item_means(learned)[asked.items], asked.values))
        for name, films in features.items():
            errors[name].append(rmse(_predicted(learned, asked, films), asked.values))
    return [
        Figure(
            "ratings: RMSE",
            float(np.mean(errors["with text"])),
            "stars",
            target="<= 0.915",
            published="Surprise: SVD 0.934, SVD++ 0.919",
        ),
        Figure(
            "ratings: RMSE without text",
            float(np.mean(errors["without text"])),
            "stars",
            published="Surprise: SVD 0.934, SVD++ 0.919",
        ),
        Figure("ratings: RMSE of each film's mean", float(np.mean(alone)), "stars"),
    ]


def _predicted(learned: Observations, asked: Observations, films: Floats) -> Floats:
    """Return the stars that users folded in from what was learned would give."""
    people = np.zeros((learned.user_count, 0), np.float32)
    model = train(learned, "ratings", people, films).model
    table = np.stack(
        [
            model.scores(model.fold_in(learned.items[mine], learned.values[mine]))
            for mine in learned.by_user()
        ]
    )
    return np.clip(table[asked.users, asked.items], 1, 5)


def _item_means(ratings: Observations) -> Floats:
    sums = np.bincount(ratings.items, weights=ratings.values, minlength=ratings.item_count)
    counts = ratings.item_counts()
    means = np.full(ratings.item_count, ratings.values.mean(), np.float64)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means.astype(np.float32)
