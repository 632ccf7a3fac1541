"""Regret of our policies on simulated arms, beside the library's own loop."""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np
from mabwiser.mab import MAB, LearningPolicy
from numpy.typing import NDArray
from tqdm import tqdm

from backends.campaigns.experiments.design import Arm, Design, Feature
from backends.campaigns.experiments.policies import linucb
from backends.campaigns.experiments.policies.snapshot import (
    decide,
    first_parameters,
    linucb_parameters,
    thompson_parameters,
)
from benchmarks.harness import Figure

_RATES = np.array([0.05, 0.06, 0.04, 0.08])
_ROUNDS, _BATCH, _RUNS = 10_000, 100, 20
_LINEAR_ROUNDS, _LINEAR_RUNS, _FEATURES, _LINEAR_ARMS = 4_000, 20, 4, 3
_POINTS = 40


def measure(options: argparse.Namespace, curves: dict[str, object]) -> list[Figure]:
    """Both simulations; the curves go into the JSON."""
    figures = []
    for name, run, rounds, runs in (
        ("Bernoulli arms, Thompson sampling", _bernoulli, _ROUNDS, _RUNS),
        ("linear arms, LinUCB", _linear, _LINEAR_ROUNDS, _LINEAR_RUNS),
    ):
        mine, theirs, at_random = [], [], []
        for each in tqdm(range(runs), desc=name, disable=None, leave=False):
            ours, library, blind = run(options.seed + each, rounds)
            mine.append(ours)
            theirs.append(library)
            at_random.append(blind)
        curves[name] = {
            "rounds": [(point + 1) * rounds // _POINTS for point in range(_POINTS)],
            "ours": _curve(mine, rounds),
            "mabwiser": _curve(theirs, rounds),
            "random": _curve(at_random, rounds),
        }
        own, peer = np.array([each.sum() for each in mine]), np.array([e.sum() for e in theirs])
        noise = 1.96 * np.hypot(own.std(ddof=1), peer.std(ddof=1)) / runs**0.5
        figures += [
            Figure(
                f"{name}: regret after {rounds:,} customers", float(own.mean()), "successes",
                peer=float(peer.mean()), published=f"noise of the difference, 95 %: ±{noise:.3g}",
            ),
            Figure(
                f"{name}: regret as a part of random's",
                float(own.mean() / np.mean([each.sum() for each in at_random])), "share",
                peer=float(peer.mean() / np.mean([each.sum() for each in at_random])),
                target="<= 0.5",
            ),
            Figure(
                f"{name}: regret beyond the library's and noise",
                float(max(0.0, own.mean() - peer.mean() - noise)), "successes", target="<= 0",
            ),
        ]  # fmt: skip
    return figures


def _design(kind: str, arms: int, features: int, exploration: float) -> Design:
    return Design(
        kind=kind,
        arms=tuple(Arm(str(arm)) for arm in range(arms)),
        control="0",
        baseline=0.05,
        effect=0.02,
        last_day=date(2030, 1, 1),
        features=tuple(Feature(f"x{number}", 0.0, 1.0) for number in range(features)),
        exploration=exploration,
    )


Regrets = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _bernoulli(seed: int, rounds: int) -> Regrets:
    """Ours draws from hashes and snapshots; the library from its generator, in the same batches."""
    rng = np.random.default_rng(seed)
    arms = len(_RATES)
    outcomes = rng.random((rounds, arms)) < _RATES
    design = _design("thompson", arms, 0, 0.0)
    parameters = first_parameters(design)
    won, of = np.zeros(arms, int), np.zeros(arms, int)
    ours, theirs = np.empty(rounds, int), np.empty(rounds, int)
    library = MAB(list(range(arms)), LearningPolicy.ThompsonSampling(), seed=seed)
    for first in range(0, rounds, _BATCH):
        rows = np.arange(first, min(first + _BATCH, rounds))
        units = [f"{seed}-{row}" for row in rows]
        ours[rows] = decide(design, f"salt-{seed}", parameters, units).arms
        np.add.at(of, ours[rows], 1)
        np.add.at(won, ours[rows], outcomes[rows, ours[rows]])
        parameters = thompson_parameters(design, won.tolist(), (of - won).tolist())
        if first == 0:
            theirs[rows] = rng.integers(0, arms, len(rows))
            library.fit(theirs[rows], outcomes[rows, theirs[rows]].astype(float))
        else:
            theirs[rows] = [library.predict() for _ in rows]
            library.partial_fit(theirs[rows], outcomes[rows, theirs[rows]].astype(float))
    blind = rng.integers(0, arms, rounds)
    loss = _RATES.max() - _RATES
    return loss[ours], loss[theirs], loss[blind]


def _linear(seed: int, rounds: int) -> Regrets:
    """Success rates that are linear in the features; ours keeps the least exploration, 1 %."""
    rng = np.random.default_rng(seed)
    contexts = rng.random((rounds, _FEATURES))
    weights = rng.random((_LINEAR_ARMS, _FEATURES)) / _FEATURES
    rates = contexts @ weights.T + 0.1
    outcomes = (rng.random(rates.shape) < rates).astype(float)
    design = _design("linucb", _LINEAR_ARMS, _FEATURES, 0.01)
    parameters = first_parameters(design)
    scaled = linucb.scaled(contexts, design.features)
    ours, theirs = np.empty(rounds, int), np.empty(rounds, int)
    policy = LearningPolicy.LinUCB(alpha=linucb.ALPHA, l2_lambda=linucb.RIDGE)
    library = MAB(list(range(_LINEAR_ARMS)), policy, seed=seed)
    for first in range(0, rounds, _BATCH):
        rows = np.arange(first, min(first + _BATCH, rounds))
        units = [f"{seed}-{row}" for row in rows]
        ours[rows] = decide(design, f"salt-{seed}", parameters, units, contexts[rows]).arms
        seen = np.arange(rows[-1] + 1)
        parameters = linucb_parameters(
            design, contexts[seen], ours[seen], outcomes[seen, ours[seen]]
        )
        if first == 0:
            theirs[rows] = rng.integers(0, _LINEAR_ARMS, len(rows))
            library.fit(theirs[rows], outcomes[rows, theirs[rows]], scaled[rows])
        else:
            theirs[rows] = library.predict(scaled[rows])
            library.partial_fit(theirs[rows], outcomes[rows, theirs[rows]], scaled[rows])
    blind = rng.integers(0, _LINEAR_ARMS, rounds)
    loss = rates.max(1, keepdims=True) - rates
    every = np.arange(rounds)
    return loss[every, ours], loss[every, theirs], loss[every, blind]


def _curve(runs: list[NDArray[np.float64]], rounds: int) -> list[float]:
    mean = np.cumsum(runs, axis=1).mean(0)
    return [round(float(mean[(point + 1) * rounds // _POINTS - 1]), 2) for point in range(_POINTS)]
