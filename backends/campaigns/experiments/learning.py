"""A bandit learns: a new snapshot of its policy from what is known by now."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.book import newest_policy
from backends.campaigns.experiments.counting import Sums, count, is_settled, value_of
from backends.campaigns.experiments.design import AB, LINUCB, Design, read_design
from backends.campaigns.experiments.models import Assignment, Experiment, PolicySnapshot
from backends.campaigns.experiments.policies.snapshot import (
    linucb_parameters,
    thompson_parameters,
)
from backends.db import Database

#: A bandit that knows much learns again only when it knows so much more, which bounds the work.
_GROWTH = 0.02


async def learn(db: Database, experiment: Experiment, moment: datetime) -> bool:
    """Make a new snapshot if enough is newly known; safe in several processes at once.

    The database is read and the policy reckoned (in a thread) outside the transaction that writes.

    Returns:
        Whether this call made one.
    """
    design = read_design(experiment.design)
    if design.kind == AB:
        return False
    async with db.read() as session:
        newest = await newest_policy(session, experiment.id)
        sums = [
            each for each in await count(session, experiment, design, moment) if not each.is_holdout
        ]
        settled = sum(each.settled for each in sums)
        wanted = max(design.refresh_every, _GROWTH * newest.learned_from)
        if settled - newest.learned_from < wanted:
            return False
        data = (
            await _outcomes(session, experiment, design, moment) if design.kind == LINUCB else None
        )
    parameters = await asyncio.to_thread(_reckon, design, sums, data)
    async with db.write() as session:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        made = await session.execute(
            insert(PolicySnapshot)
            .values(
                experiment_id=experiment.id,
                version=newest.version + 1,
                learned_from=settled,
                parameters=parameters,
                made_at=moment,
            )
            .on_conflict_do_nothing()
        )
        return bool(made.rowcount)


def _reckon(design: Design, sums: list[Sums], data: Any) -> dict[str, Any]:
    if design.kind == LINUCB:
        arms, contexts, values = data
        shaped = np.array(contexts, float).reshape(len(arms), len(design.features))
        return linucb_parameters(design, shaped, np.array(arms, int), np.array(values, float))
    successes, settled = [0] * len(design.arms), [0] * len(design.arms)
    for each in sums:
        successes[each.arm] += round(each.total)
        settled[each.arm] += each.settled
    failures = [all_of - won for all_of, won in zip(settled, successes, strict=True)]
    return thompson_parameters(design, successes, failures)


async def _outcomes(
    session: AsyncSession, experiment: Experiment, design: Design, moment: datetime
) -> tuple[list[int], list[list[float]], list[float]]:
    """Arms, contexts and values of the settled units; those whose context is gone are left out."""
    rows = await session.execute(
        select(Assignment.arm, Assignment.context, value_of(design)).where(
            Assignment.experiment_id == experiment.id,
            Assignment.is_holdout.is_(False),
            Assignment.context.is_not(None),
            is_settled(design, moment),
        )
    )
    arms, contexts, values = [], [], []
    for arm, context, value in rows:
        arms.append(arm)
        contexts.append(context)
        values.append(float(value))
    return arms, contexts, values
