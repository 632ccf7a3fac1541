"""Experiments in the database: making, finding, changing a draft, and the steps of their life."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.design import Design, check_design, read_design, store_design
from backends.campaigns.experiments.models import (
    DRAFT,
    ENDED,
    RUNNING,
    STATES,
    STOPPED,
    Experiment,
    PolicySnapshot,
)
from backends.campaigns.experiments.policies.snapshot import first_parameters
from backends.clock import SHOP_TIME
from backends.errors import ApiError, not_found

MOST_LISTED = 500
#: Which state may follow which.
STEPS = {DRAFT: (RUNNING,), RUNNING: (STOPPED, ENDED), STOPPED: (), ENDED: ()}


def refusal(reason: str, message: str) -> ApiError:
    """409: the state does not allow it."""
    return ApiError(409, "not_allowed", message, reason=reason)


async def create(session: AsyncSession, name: str, design: Design, moment: datetime) -> Experiment:
    """Make a draft.

    Raises:
        DesignError: the design cannot be run.
    """
    check_design(design, shop_day(moment))
    made = Experiment(
        reference=f"EX{secrets.token_hex(5).upper()}",
        name=name,
        state=DRAFT,
        design=store_design(design),
        salt=secrets.token_hex(16),
        created_at=moment,
    )
    session.add(made)
    await session.flush()
    return made


async def find(session: AsyncSession, reference: str, lock: bool = False) -> Experiment:
    """An experiment by its reference.

    Args:
        session: any.
        reference: its name among the other parts.
        lock: whether no other transaction may change it meanwhile.

    Raises:
        ApiError: 404 when there is none.
    """
    query = select(Experiment).where(Experiment.reference == reference)
    query = query.execution_options(populate_existing=True)
    rows = await session.execute(query.with_for_update() if lock else query)
    found = rows.scalar_one_or_none()
    if found is None:
        raise not_found("There is no such experiment.")
    return found


async def every_experiment(session: AsyncSession, state: str | None = None) -> list[Experiment]:
    """Experiments, the newest first; of one state if given."""
    query = select(Experiment).order_by(Experiment.id.desc()).limit(MOST_LISTED)
    if state in STATES:
        query = query.where(Experiment.state == state)
    return list((await session.execute(query)).scalars())


async def running_experiments(session: AsyncSession) -> list[Experiment]:
    """Those that assign now, the newest first."""
    return await every_experiment(session, RUNNING)


async def change(
    session: AsyncSession, reference: str, name: str, design: Design, moment: datetime
) -> Experiment:
    """Give a draft another name and design.

    Raises:
        ApiError: 404 when there is none, 409 ``not_draft`` once it has started.
        DesignError: the design cannot be run.
    """
    found = await find(session, reference, lock=True)
    if found.state != DRAFT:
        raise refusal("not_draft", "The design of an experiment that has started stays as it is.")
    check_design(design, shop_day(moment))
    found.name, found.design = name, store_design(design)
    await session.flush()
    return found


async def discard(session: AsyncSession, reference: str) -> None:
    """Delete a draft.

    Raises:
        ApiError: 404 when there is none, 409 ``not_draft`` once it has started.
    """
    found = await find(session, reference, lock=True)
    if found.state != DRAFT:
        raise refusal("not_draft", "An experiment that has started is kept.")
    await session.execute(delete(Experiment).where(Experiment.id == found.id))


async def start(session: AsyncSession, reference: str, moment: datetime) -> Experiment:
    """Begin to assign, by the design as it stands from now on.

    Raises:
        ApiError: 404 when there is none, 409 ``not_draft`` when it has started before.
        DesignError: its last day is over by now.
    """
    found = await find(session, reference, lock=True)
    if RUNNING not in STEPS[found.state]:
        raise refusal("not_draft", "Only a draft can be started.")
    design = check_design(read_design(found.design), shop_day(moment))
    found.state, found.started_at = RUNNING, moment
    found.ends_at = end_of(design.last_day)
    session.add(
        PolicySnapshot(
            experiment_id=found.id,
            version=1,
            learned_from=0,
            parameters=first_parameters(design),
            made_at=moment,
        )
    )
    await session.flush()
    return found


async def end(
    session: AsyncSession,
    experiment: Experiment,
    state: str,
    why: str,
    outcome: Mapping[str, Any],
    moment: datetime,
) -> bool:
    """End a running experiment; False when somebody else has ended it meanwhile.

    Args:
        session: one that may write.
        experiment: which.
        state: ``stopped`` or ``ended``.
        why: ``rule``, ``date`` or ``person``.
        outcome: the decision as it is known now.
        moment: the present.
    """
    assert state in STEPS[RUNNING]
    done = await session.execute(
        update(Experiment)
        .where(Experiment.id == experiment.id, Experiment.state == RUNNING)
        .values(state=state, why=why, outcome=dict(outcome), ended_at=moment)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


async def newest_policy(session: AsyncSession, experiment_id: int) -> PolicySnapshot:
    """The snapshot that is drawn from now."""
    query = (
        select(PolicySnapshot)
        .where(PolicySnapshot.experiment_id == experiment_id)
        .order_by(PolicySnapshot.version.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one()


def shop_day(moment: datetime) -> date:
    """The day it is in the shop."""
    return moment.astimezone(SHOP_TIME).date()


def end_of(day: date) -> datetime:
    """The moment at which a day ends in the shop."""
    return datetime.combine(day, time(), SHOP_TIME) + timedelta(days=1)
