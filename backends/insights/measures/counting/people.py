"""How many different people wrote in thirty days, by a window that slides over the days."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.insights.events.models import Conversation
from backends.insights.measures.counting.days import begin, day_of
from backends.insights.measures.counting.scope import Scope
from backends.insights.measures.counting.tally import Made, replace_rows
from backends.insights.measures.models import NO_SEGMENT, DailyPeople
from backends.orders.models import Identity

#: How many days a month of the figures has.
MONTH = 30
#: Days that are read at a time: few, since others wait while rows are made of them.
_DAYS = 1
_AT_ONCE = 500

Place = tuple[str, str]
Person = tuple[str, str]


@dataclass
class _Window:
    """The people of the days in a window, of one place."""

    days: dict[date, set[Person]] = field(default_factory=lambda: defaultdict(set))
    on: Counter[Person] = field(default_factory=Counter)

    def add(self, day: date, person: Person) -> None:
        people = self.days[day]
        if person not in people:
            people.add(person)
            self.on[person] += 1

    def leave(self, day: date) -> None:
        for person in self.days.pop(day, ()):
            self.on[person] -= 1
            if not self.on[person]:
                del self.on[person]


async def count_people(scope: Scope) -> list[Made]:
    """Make the numbers of different people anew."""
    windows: dict[Place, _Window] = defaultdict(_Window)
    made: list[dict[str, Any]] = []
    start = scope.first - timedelta(days=MONTH - 1)
    while start <= scope.last:
        stop = min(start + timedelta(days=_DAYS - 1), scope.last)
        by_day = await _read(scope, start, stop)
        for day in _days(start, stop):
            for person, place in by_day.get(day, ()):
                windows[place].add(day, person)
            for window in windows.values():
                window.leave(day - timedelta(days=MONTH))
            if day >= scope.first:
                made += _rows(windows, day)
            await asyncio.sleep(0)
        start = stop + timedelta(days=1)
    return [_People(made)]


class _People:
    """Rows that are written in the place of those before."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    async def replace(self, session: AsyncSession, first: date, last: date) -> None:
        await replace_rows(session, DailyPeople, first, last, self._rows)


async def _read(scope: Scope, first: date, last: date) -> dict[date, set[tuple[Person, Place]]]:
    """Who wrote on each day, and the places each counts in."""
    found = await scope.session.execute(
        select(
            Conversation.channel,
            Conversation.sender,
            Conversation.language,
            Conversation.model,
            Conversation.started_at,
            Identity.customer_id,
        )
        .outerjoin(Identity, scope.bound(Conversation))
        .where(
            Conversation.started_at >= begin(first),
            Conversation.started_at < begin(last + timedelta(days=1)),
            Conversation.customer_turns > 0,
        )
    )
    rows = found.all()
    segments = await scope.segments(row.customer_id for row in rows)
    by_day: dict[date, set[tuple[Person, Place]]] = defaultdict(set)
    for number, row in enumerate(rows, 1):
        # A customer is one person on all channels; no channel is called so.
        person = ("", row.customer_id) if row.customer_id else (row.channel, row.sender)
        places = [
            ("", ""),
            ("channel", row.channel),
            ("language", row.language or ""),
            ("model", row.model),
            *(("segment", name) for name in segments.get(row.customer_id, (NO_SEGMENT,))),
        ]
        by_day[day_of(row.started_at)].update((person, place) for place in places)
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return by_day


def _rows(windows: dict[Place, _Window], day: date) -> Iterator[dict[str, Any]]:
    for (dimension, value), window in windows.items():
        if window.on:
            yield {
                "dimension": dimension,
                "value": value,
                "day": day,
                "people": len(window.days.get(day, ())),
                "month_people": len(window.on),
                "month_visits": sum(map(len, window.days.values())),
            }


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
