"""How often an A/A experiment is wrongly decided when somebody looks after each customer."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from datetime import date

import numpy as np
from scipy.stats import norm
from tqdm import tqdm

from backends.campaigns.experiments.counting import Sums
from backends.campaigns.experiments.design import Arm, Design
from backends.campaigns.experiments.planning import mixture, plan
from backends.campaigns.experiments.policies.snapshot import (
    first_parameters,
    thompson_parameters,
)
from backends.campaigns.experiments.results import work_out
from backends.campaigns.experiments.statistics import sequential
from benchmarks.harness import Figure

_RUNS, _BANDIT_RUNS, _BATCHES = 2000, 400, 30
_SETTINGS = ((0.02, 0.01), (0.1, 0.03), (0.3, 0.06))


def measure(options: argparse.Namespace, curves: dict[str, object]) -> list[Figure]:
    """Errors, power and length of the sequential rule."""
    rng = np.random.default_rng(options.seed)
    figures = []
    for rate, effect in _SETTINGS:
        design = _design(rate, effect)
        label = f"A/A at {rate:.0%}, a look after every pair"
        wrong, naive, _ = _paths(design, rate, rate, rng, _RUNS, label)
        found, _, part = _paths(design, rate, rate + effect, rng, _RUNS // 4, label)
        figures += [
            Figure(f"{label}: wrongly decided", wrong, "share", peer=naive, target="<= 0.05"),
            Figure(f"effect of {effect:.0%} at {rate:.0%}: found", found, "share", target=">= 0.8"),
            Figure(f"effect of {effect:.0%} at {rate:.0%}: after, of the plan", part, "share"),
        ]
    figures.append(
        Figure(
            "A/A of a Thompson bandit, a look after every batch: wrongly decided",
            _bandit(rng), "share", target="<= 0.05",
        )
    )  # fmt: skip
    return figures


def _design(rate: float, effect: float) -> Design:
    return Design(
        kind="ab", arms=(Arm("A"), Arm("B")), control="A", baseline=rate, effect=effect,
        last_day=date(2030, 1, 1), rule="sequential",
    )  # fmt: skip


def _paths(
    design: Design, base: float, other: float, rng: np.random.Generator, runs: int, label: str
) -> tuple[float, float, float]:
    """Shares decided by our rule and by a z-test at each look; the mean part of the plan at that."""
    planned = plan(design).units
    each = math.ceil(planned / 2)
    tau = mixture(design, planned, 1)
    turn = np.arange(1, each + 1)
    z = norm.isf(design.alpha / 2)
    decided, naive, parts = 0, 0, []
    for _ in tqdm(range(runs), desc=label, disable=None, leave=False):
        won = np.stack([np.cumsum(rng.random(each) < rate) for rate in (base, other)])
        smooth = (won + 0.5) / (turn + 1)
        variance = (smooth * (1 - smooth)).sum(0) / turn
        apart = np.abs(won[1] - won[0]) / turn
        grown = variance + tau
        half = np.sqrt(variance * grown / tau * np.log(grown / variance / design.alpha**2))
        events = np.minimum(won.sum(0), 2 * turn - won.sum(0))
        may_look = (turn >= sequential.LEAST_UNITS) & (events >= sequential.LEAST_EVENTS)
        crossed = (apart > half) & may_look
        if crossed.any():
            decided += 1
            parts.append(crossed.argmax() / each)
        pooled = won.sum(0) / (2 * turn)
        error = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-12) * 2 / turn)
        naive += bool(((apart > z * error) & may_look).any())
    return decided / runs, naive / runs, float(np.mean(parts)) if parts else math.nan


def _bandit(rng: np.random.Generator) -> float:
    """The shop's own results after each batch of a bandit whose arms are the same."""
    design = replace(_design(0.3, 0.06), kind="thompson", exploration=0.1)
    size = math.ceil(plan(design).units / _BATCHES)
    wrong = 0
    for _ in tqdm(range(_BANDIT_RUNS), desc="A/A of a bandit", disable=None, leave=False):
        snapshots, sums = {1: first_parameters(design)}, []
        won, of = np.zeros(2, int), np.zeros(2, int)
        for version in range(1, _BATCHES + 1):
            got = rng.multinomial(size, snapshots[version]["probabilities"])
            for arm in range(2):
                hits = int(rng.binomial(got[arm], 0.3))
                if got[arm]:
                    count = int(got[arm])
                    sums.append(Sums(version, None, arm, False, count, count, hits, hits, 0))
                won[arm] += hits
                of[arm] += got[arm]
            found = work_out(design, True, sums, snapshots)
            if found.decision.state in ("better", "worse"):
                wrong += 1
                break
            snapshots[version + 1] = thompson_parameters(design, won.tolist(), (of - won).tolist())
    return wrong / _BANDIT_RUNS
