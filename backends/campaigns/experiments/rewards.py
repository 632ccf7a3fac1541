"""What came of a unit: the first reward within the window counts."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.book import find
from backends.campaigns.experiments.design import read_design
from backends.campaigns.experiments.models import Assignment
from backends.errors import invalid_request

COUNTED, REPEATED, LATE, NOT_ASSIGNED = "counted", "repeated", "late", "not_assigned"
MOST_VALUE = 100_000_000.0


async def record(
    session: AsyncSession, reference: str, unit: str, value: float, moment: datetime
) -> str:
    """Write a reward down.

    Args:
        session: one that may write.
        reference: of the experiment.
        unit: as it was assigned.
        value: 0 to 100,000,000.
        moment: when it happened.

    Returns:
        ``counted``; ``repeated`` when the unit has one already; ``late`` when it came after the
        window (which is noted); ``not_assigned`` when it came before, or the unit is not there.

    Raises:
        ApiError: 404 when there is no such experiment, 400 for a value out of bounds.
    """
    if not math.isfinite(value) or not 0 <= value <= MOST_VALUE:
        raise invalid_request(f"A reward is from 0 to {MOST_VALUE:,.0f}.")
    experiment = await find(session, reference)
    window = timedelta(hours=read_design(experiment.design).window_hours)
    mine = (Assignment.experiment_id == experiment.id) & (Assignment.unit == unit)
    # One statement, so that of two rewards at once one is the first.
    done = await session.execute(
        update(Assignment)
        .where(
            mine,
            Assignment.value.is_(None),
            Assignment.assigned_at <= moment,
            Assignment.assigned_at >= moment - window,
        )
        .values(value=float(value), rewarded_at=moment)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount:
        return COUNTED
    query = select(Assignment.assigned_at, Assignment.value).where(mine)
    found = (await session.execute(query)).one_or_none()
    if found is None or moment < found.assigned_at:
        return NOT_ASSIGNED
    if found.value is not None:
        return REPEATED
    await session.execute(
        update(Assignment)
        .where(mine)
        .values(late=True)
        .execution_options(synchronize_session=False)
    )
    return LATE
