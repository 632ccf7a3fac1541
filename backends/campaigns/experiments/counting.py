"""What is known of an experiment's units, summed up by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.campaigns.experiments.design import ALL, CONVERSION, Design
from backends.campaigns.experiments.models import Assignment, Experiment


@dataclass(frozen=True)
class Sums:
    """Units that were drawn alike and got the same arm.

    Attributes:
        version: of the policy.
        likely: the arm a contextual policy held for the best, or None.
        arm: its place, -1 for nothing.
        is_holdout: whether they are held out.
        assigned: how many.
        settled: of how many the outcome is known.
        total, squares: of the settled units' values; successes count 1.
        late: how many had a reward after the window.
    """

    version: int
    likely: int | None
    arm: int
    is_holdout: bool
    assigned: int
    settled: int
    total: float
    squares: float
    late: int


def is_settled(design: Design, moment: datetime) -> ColumnElement:
    """Whether a unit's outcome is known: its window is over, or all outcomes are told and one was.

    Where only successes are told, one that came early says nothing yet: failures of the same age
    are still waiting, and counting the successes alone would flatter every arm.
    """
    over = Assignment.assigned_at < moment - timedelta(hours=design.window_hours)
    return or_(over, Assignment.value.is_not(None)) if design.reports == ALL else over


def value_of(design: Design) -> ColumnElement:
    """A settled unit's value: 0 or 1 of a conversion, else the revenue."""
    if design.measure == CONVERSION:
        return case((Assignment.value > 0, 1.0), else_=0.0)
    return func.coalesce(Assignment.value, 0.0)


async def count(
    session: AsyncSession, experiment: Experiment, design: Design, moment: datetime
) -> list[Sums]:
    """Sum up all units of an experiment as they stand at a moment."""
    settled, value = is_settled(design, moment), value_of(design)
    key = (Assignment.version, Assignment.likely, Assignment.arm, Assignment.is_holdout)
    rows = await session.execute(
        select(
            *key,
            func.count().label("assigned"),
            func.sum(case((settled, 1), else_=0)).label("settled"),
            func.sum(case((settled, value), else_=0.0)).label("total"),
            func.sum(case((settled, value * value), else_=0.0)).label("squares"),
            func.sum(case((Assignment.late, 1), else_=0)).label("late"),
        )
        .where(Assignment.experiment_id == experiment.id)
        .group_by(*key)
        .order_by(*key)
    )
    return [
        Sums(
            row.version, row.likely, row.arm, bool(row.is_holdout), int(row.assigned),
            int(row.settled), float(row.total), float(row.squares), int(row.late),
        )
        for row in rows
    ]  # fmt: skip
