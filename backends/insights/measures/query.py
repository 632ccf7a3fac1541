"""The figures, read from the daily sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.insights.measures import sums
from backends.insights.measures.filters import Filters
from backends.insights.measures.models import (
    EVERYBODY,
    NO_SEGMENT,
    SUMMED,
    DailyConversations,
    DailyIntents,
)
from backends.insights.measures.values import Value, values_of

__all__ = [
    "Choices",
    "IntentCount",
    "Value",
    "by",
    "by_day",
    "choices",
    "intents",
    "overview",
    "sentiment_by_day",
]

Dimension = Literal["channel", "language", "segment", "model"]


@dataclass(frozen=True)
class IntentCount:
    """How often an intent was understood, and its share of all."""

    intent: str
    count: int
    share: float


@dataclass(frozen=True)
class Choices:
    """What there is to filter by.

    Attributes:
        channels, languages, segments, models: names, in order; what is not known is left out.
        first, last: days of the first and the last sums; None while there are none.
    """

    channels: list[str]
    languages: list[str]
    segments: list[str]
    models: list[str]
    first: date | None
    last: date | None


async def overview(session: AsyncSession, filters: Filters) -> dict[str, Value]:
    """Each measure over all the days."""
    found = await sums.read(session, filters)
    return values_of(found.get((), {}), await sums.people(session, filters))


async def by_day(session: AsyncSession, filters: Filters) -> list[tuple[date, dict[str, Value]]]:
    """Each measure of each day, those on which nothing happened included."""
    found = await sums.read(session, filters, ("day",))
    people = await sums.people_by_day(session, filters)
    return [(day, values_of(found.get((day,), {}), people.get(day))) for day in filters.days]


async def by(
    session: AsyncSession, filters: Filters, dimension: Dimension
) -> list[tuple[str, dict[str, Value]]]:
    """Each measure for each channel, language, segment or model, by name; "" is not known.

    One who is in two segments is counted in both; segments therefore do not add up to the whole.
    """
    found = await sums.read(session, filters, (dimension,))
    people = await sums.people_by(session, filters, dimension)
    return sorted(
        (
            (sums.shown_name(dimension, name), values_of(found[(name,)], people.get(name)))
            for (name,) in found
        ),
        key=lambda each: each[0],
    )


async def intents(session: AsyncSession, filters: Filters, limit: int = 20) -> list[IntentCount]:
    """The intents that were understood most often."""
    where = sums.chosen(DailyIntents, filters)
    times = func.sum(DailyIntents.times)
    rows = await session.execute(
        select(DailyIntents.intent, times)
        .where(*where)
        .group_by(DailyIntents.intent)
        .order_by(times.desc(), DailyIntents.intent)
    )
    counted = [(name, int(count)) for name, count in rows]
    total = sum(count for _, count in counted)
    return [IntentCount(name, count, count / total) for name, count in counted[:limit]]


async def sentiment_by_day(
    session: AsyncSession, filters: Filters
) -> list[tuple[date, int, int, int]]:
    """Negative, neutral and positive messages of each day."""
    kind = DailyConversations
    columns = (kind.negative, kind.neutral, kind.positive)
    rows = await session.execute(
        select(kind.day, *map(func.sum, columns))
        .where(*sums.chosen(kind, filters))
        .group_by(kind.day)
    )
    found = {row[0]: tuple(map(int, row[1:])) for row in rows}
    return [(day, *found.get(day, (0, 0, 0))) for day in filters.days]  # type: ignore[misc]


async def choices(session: AsyncSession) -> Choices:
    """What there is to filter by, and of which days there are sums."""
    names: dict[str, set[str]] = {"channel": set(), "language": set(), "model": set()}
    segments: set[str] = set()
    days: list[date] = []
    for kind in SUMMED:
        rows = await session.execute(
            select(kind.channel, kind.language, kind.model)
            .where(kind.segment == EVERYBODY)
            .distinct()
        )
        for row in rows:
            for name in names:
                names[name].add(row[name])
        for edge in (func.min, func.max):
            # One edge in a query is read off the key.
            found = await session.execute(select(edge(kind.day)).where(kind.segment == EVERYBODY))
            days += [day for day in found.scalars() if day is not None]
        segments.update((await session.execute(select(kind.segment).distinct())).scalars())
    return Choices(
        channels=sorted(names["channel"] - {""}),
        languages=sorted(names["language"] - {""}),
        segments=sorted(segments - {EVERYBODY, NO_SEGMENT}),
        models=sorted(names["model"] - {""}),
        first=min(days, default=None),
        last=max(days, default=None),
    )
