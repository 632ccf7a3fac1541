"""How long training takes to rank as well as implicit's BPR at its best."""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import islice

import numpy as np

from backends.recommendations.factorization.implicit import fit_preferences
from backends.recommendations.factorization.metrics import ranking_quality
from backends.recommendations.factorization.observations import Observations
from backends.recommendations.factorization.strengths import DEFAULT_STRENGTH
from benchmarks.harness import Figure
from benchmarks.recommendation import peers
from benchmarks.recommendation.movielens import eighty_ten_ten, movielens

_MOST_STEPS, _PATIENCE, _RUNS = 40, 5, 3


def measure(options: argparse.Namespace) -> list[Figure]:
    """Train both until they reach the same NDCG@10 on the validation part; evaluation not timed.

    BPR has the settings that rank best there, of nine; ours has its defaults, and no text.
    """
    every = movielens(options).preferences
    training, validation, _ = eighty_ten_ten(every, options.seed)
    seen, held = every.take(training), every.take(validation)
    _, settings = peers.best_bpr(seen, held, options.seed)
    theirs, ours = [], []
    goal = 0.0
    for run in range(_RUNS):
        seconds, goal = _bpr(seen, held, settings, options.seed + run)
        theirs.append(seconds)
        ours.append(_hybrid(seen, held, goal, options.seed + run))
    mine, other = statistics.median(ours), statistics.median(theirs)
    return [
        Figure("training to the same NDCG@10", mine, "s", peer=other),
        Figure("training time beside implicit's BPR", mine / other, "times", target="<= 2"),
        Figure("the NDCG@10 on the validation part", goal, ""),
    ]


def _bpr(
    seen: Observations, held: Observations, settings: dict[str, float], seed: int
) -> tuple[float, float]:
    """Return the seconds to the best NDCG@10, and it."""
    best, when, since = 0.0, 0.0, 0
    for seconds, model in islice(peers.bpr_in_steps(seen, settings, peers.STEP, seed), _MOST_STEPS):
        ndcg = peers.quality(model, seen, held).ndcg
        since = 0 if ndcg > best else since + 1
        if ndcg > best:
            best, when = ndcg, seconds
        if since == _PATIENCE:
            break
    return when, best


def _hybrid(seen: Observations, held: Observations, goal: float, seed: int) -> float:
    """Return the seconds until the goal is reached; infinity when it is not."""
    people = np.zeros((seen.user_count, 0), np.float32)
    films = np.zeros((seen.item_count, 0), np.float32)
    seconds = 0.0
    sweeps = fit_preferences(seen, people, films, peers.FACTORS, DEFAULT_STRENGTH, seed)
    for _ in range(_MOST_STEPS):
        start = time.perf_counter()
        factors = next(sweeps)
        seconds += time.perf_counter() - start
        if ranking_quality(factors.users, factors.items, seen, held).ndcg >= goal:
            return seconds
    return float("inf")
