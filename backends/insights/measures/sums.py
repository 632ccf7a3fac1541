"""Reading the daily tables: sums of their rows, in groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.clock import today
from backends.insights.measures.filters import Filters
from backends.insights.measures.models import (
    EVERYBODY,
    NO_SEGMENT,
    SUMMED,
    DailyPeople,
)

Sums = dict[str, int]
Group = tuple[Any, ...]
_DIMENSIONS = ("channel", "language", "segment", "model")
_PREFIX = "insight_daily_"


def columns_of(kind: Any) -> list[str]:
    """The summed columns of a daily table."""
    return [column.name for column in kind.__table__.columns if not column.primary_key]


def short_name(kind: Any) -> str:
    """The name of a daily table as sums are named by: ``tickets`` of ``tickets.replied``."""
    return str(kind.__tablename__).removeprefix(_PREFIX)


async def read(
    session: AsyncSession, filters: Filters, by: Sequence[str] = ()
) -> Mapping[Group, Sums]:
    """Sum the daily tables.

    Args:
        session: for reading.
        filters: which rows.
        by: which columns of `KEY` make the groups; by segment, each segment is one.

    Returns:
        By the values of ``by``, the sums by ``table.column``. Groups without rows are missing.
    """
    found: dict[Group, Sums] = defaultdict(dict)
    for kind in SUMMED:
        groups = [getattr(kind, name) for name in by]
        names = columns_of(kind)
        query = select(*groups, *(func.sum(getattr(kind, name)) for name in names))
        query = query.where(*chosen(kind, filters, "segment" in by)).group_by(*groups)
        for row in await session.execute(query):
            sums = found[tuple(row[: len(groups)])]
            for name, value in zip(names, row[len(groups) :], strict=True):
                # PostgreSQL sums whole numbers to decimals.
                sums[f"{short_name(kind)}.{name}"] = int(value or 0)
    return found


def chosen(kind: Any, filters: Filters, each_segment: bool = False) -> list[ColumnElement]:
    """The condition on a daily table's rows.

    Args:
        kind: its model.
        filters: which.
        each_segment: whether the rows of all segments are wanted when none is asked for.
    """
    if each_segment and filters.segment == EVERYBODY:
        segment = kind.segment > EVERYBODY
    else:
        segment = kind.segment == filters.segment
    exact = [
        getattr(kind, name) == getattr(filters, name)
        for name in ("channel", "language", "model")
        if getattr(filters, name)
    ]
    return [segment, kind.day.between(filters.first, filters.last), *exact]


async def people_by_day(session: AsyncSession, filters: Filters) -> dict[date, tuple[int, int]]:
    """Visits and different people of the thirty days up to each day; nothing for two filters."""
    mark = _mark(filters)
    if mark is None:
        return {}
    rows = await session.execute(
        select(DailyPeople.day, DailyPeople.month_visits, DailyPeople.month_people).where(
            DailyPeople.dimension == mark[0],
            DailyPeople.value == mark[1],
            DailyPeople.day.between(filters.first, filters.last),
        )
    )
    return {day: (visits, people) for day, visits, people in rows}


async def people(session: AsyncSession, filters: Filters) -> tuple[int, int] | None:
    """The same up to the last day, or today when that is before; None where it is not known."""
    last = min(filters.last, max(today(), filters.first))
    one = Filters(last, last, filters.channel, filters.language, filters.segment, filters.model)
    return (await people_by_day(session, one)).get(last)


async def people_by(
    session: AsyncSession, filters: Filters, dimension: str
) -> dict[str, tuple[int, int]]:
    """The same for each value of a dimension; nothing when another dimension is filtered."""
    others = [getattr(filters, name) for name in _DIMENSIONS if name != dimension]
    if any(others):
        return {}
    last = min(filters.last, max(today(), filters.first))
    rows = await session.execute(
        select(DailyPeople.value, DailyPeople.month_visits, DailyPeople.month_people).where(
            DailyPeople.dimension == dimension, DailyPeople.day == last
        )
    )
    return {value: (visits, people) for value, visits, people in rows}


def shown_name(dimension: str, value: str) -> str:
    """The name of a group as it is shown: those of no segment are the unknown, ""."""
    return "" if dimension == "segment" and value == NO_SEGMENT else value


def _mark(filters: Filters) -> tuple[str, str] | None:
    asked = [(name, getattr(filters, name)) for name in _DIMENSIONS if getattr(filters, name)]
    return None if len(asked) > 1 else (asked[0] if asked else ("", ""))
