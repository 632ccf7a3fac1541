"""Assignments a minute: deciding alone, and deciding with everything written to SQLite."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from tqdm import tqdm

from backends.campaigns.experiments import book
from backends.campaigns.experiments.assignment import assign_many
from backends.campaigns.experiments.design import Arm, Design, Feature
from backends.campaigns.experiments.policies.snapshot import (
    decide,
    first_parameters,
    thompson_parameters,
)
from backends.db import Database, now
from backends.migrations.run import upgrade
from backends.settings import Settings
from benchmarks.harness import Figure

_DECIDED, _STORED, _AT_ONCE = 2_000_000, 1_000_000, 20_000


def measure(options: argparse.Namespace, curves: dict[str, object]) -> list[Figure]:
    """All kinds of deciding; storing of an A/B test, and giving again what is stored."""
    three = (Arm("A"), Arm("B"), Arm("C"))
    design = Design(
        kind="ab", arms=three, control="A", baseline=0.1, effect=0.02, holdout=0.05,
        last_day=date.today() + timedelta(days=30),
    )  # fmt: skip
    features = tuple(Feature(f"x{number}", 0.0, 1.0) for number in range(8))
    bandit = replace(design, kind="thompson")
    contextual = replace(design, kind="linucb", features=features)
    rng = np.random.default_rng(options.seed)
    figures = []
    for name, each, parameters in (
        ("A/B", design, first_parameters(design)),
        ("Thompson", bandit, thompson_parameters(bandit, [90, 100, 80], [900, 800, 900])),
        ("LinUCB, 8 features", contextual, first_parameters(contextual)),
    ):
        rate = _deciding(each, parameters, rng)
        figures.append(Figure(f"decide, {name}", rate, "per minute", target=">= 1000000"))
    stored, again = asyncio.run(_storing(design))
    return [
        *figures,
        Figure("decide and store, SQLite", stored, "per minute", target=">= 1000000"),
        Figure("give again what is stored, SQLite", again, "per minute"),
    ]


def _deciding(design: Design, parameters: dict, rng: np.random.Generator) -> float:
    contexts = rng.random((_AT_ONCE, 8)) if design.features else None
    groups = [
        [f"C{number}" for number in range(first, first + _AT_ONCE)]
        for first in range(0, _DECIDED, _AT_ONCE)
    ]
    begin = time.perf_counter()
    for group in groups:
        decide(design, "a salt of the benchmark", parameters, group, contexts)
    return _DECIDED / (time.perf_counter() - begin) * 60


async def _storing(design: Design) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/shop.db"
        await upgrade(Settings(database_url=url))  # type: ignore[call-arg]
        database, moment = Database(url), now()
        async with database.write() as session:
            made = await book.create(session, "benchmark", design, moment)
            await book.start(session, made.reference, moment)
        units = [f"C{number}" for number in np.random.default_rng(1).permutation(_STORED)]
        rates = []
        for what in ("decide and store", "give again"):
            begin = time.perf_counter()
            for first in tqdm(range(0, _STORED, _AT_ONCE), desc=what, disable=None, leave=False):
                async with database.write() as session:
                    group = units[first : first + _AT_ONCE]
                    await assign_many(session, made.reference, group, None, moment)
            rates.append(_STORED / (time.perf_counter() - begin) * 60)
        await database.close()
    return rates[0], rates[1]
