"""Keeping the daily sums fresh, in short transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach.models import OutreachSend
from backends.db import Database, now
from backends.feedback.models import Feedback
from backends.handoff.models import Ticket
from backends.insights.events.models import Conversation
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.counting.membership import Membership
from backends.insights.measures.counting.parts import PARTS, PEOPLE, Keeping, Part
from backends.insights.measures.counting.people import MONTH
from backends.insights.measures.counting.scope import Scope
from backends.insights.measures.counting.staleness import (
    is_anything_stale,
    mark,
    spread,
    stale_days,
    take,
)
from backends.insights.measures.counting.tally import Made
from backends.insights.measures.models import (
    SUMMED,
    DailyPeople,
    RecommendationExposure,
    StaleDay,
)
from backends.settings import Settings

#: Days of the calendar that are surely not a mistake of some clock.
_EARLIEST, _LATEST = date(1970, 1, 2), date(8999, 12, 31)


class _Overtaken(Exception):
    """Another has made the same days anew."""


class Counter:
    """Makes sums anew that are stale. Several processes may have one each.

    What must be made anew stands in the database (`StaleDay`) and is taken off in the transaction
    that writes the sums: after a crash it stands there still, and of two who make the same days
    anew the first who has done it wins. Sums are made while reading, so that nobody waits for it.

    Args:
        db: the shop's database.
        membership: who is in which segment.
        settings: the channels whose senders are vouched for; for how long things are kept.
    """

    def __init__(self, db: Database, membership: Membership, settings: Settings) -> None:
        self._db = db
        self._membership = membership
        self._trusted = settings.trusted_channels
        self._keeping = Keeping(settings.insight_days, settings.ticket_days)

    async def count(
        self, parts: Sequence[Part] = PARTS, progress: Callable[[int], None] | None = None
    ) -> int:
        """Make the stale sums of some parts anew.

        Args:
            parts: which.
            progress: is told how many days of a part have been made.

        Returns:
            How many days, those of each part counted.
        """
        async with self._db.read() as session:
            if not await is_anything_stale(session, parts):
                return 0
        await self.prepare()
        made = 0
        for part in parts:
            while days := await self._make_some(part):
                made += days
                if progress is not None:
                    progress(days)
                # Others who wait for the database have their turn.
                await asyncio.sleep(0)
        return made

    async def count_people(self) -> int:
        """The same for numbers of different people, of the days also on which nothing happened."""
        async with self._db.write() as session:
            last = (await session.execute(select(func.max(DailyPeople.day)))).scalar_one_or_none()
            today = day_of(now())
            # After a month without anybody there is nobody to be counted.
            gap = (today - last).days if last else 0
            missing = [today - timedelta(days=n) for n in range(min(gap, 31))]
            await mark(session, [(PEOPLE.name, day) for day in missing])
        return await self.count([PEOPLE])

    async def mark_all(self) -> int:
        """Write down that all sums are stale whose days are still wholly there.

        Returns:
            How many days, those of each part counted.
        """
        moment = now()
        async with self._db.write() as session:
            edges = await _edges(session)
            if edges is None:
                return 0
            first, last = edges
            # What some clock dated far ahead is left: its days are made as it comes.
            today = day_of(moment)
            last = min(max(last, today), today + timedelta(days=MONTH))
            stale = []
            for part in PARTS:
                begun = max(first, self._keeping.first_day(part.name, moment))
                stale += [
                    (part.name, begun + timedelta(days=n)) for n in range((last - begun).days + 1)
                ]
            await mark(session, stale)
        return len(stale)

    async def prepare(self) -> int:
        """Look who is in which segment now, and which sums changes have made stale.

        Returns:
            How many days are to be made anew, those of each part counted.
        """
        await self._membership.refresh(self._db)
        while True:
            async with self._db.write() as session:
                if not await spread(session, day_of(now())):
                    break
        async with self._db.read() as session:
            days = select(StaleDay.what, StaleDay.day).distinct().subquery()
            found = await session.execute(select(func.count()).select_from(days))
            return int(found.scalar_one())

    async def _make_some(self, part: Part) -> int:
        """Make the first stale days of a part; how many were dealt with."""
        async with self._db.read() as session:
            # Before the data: of what is written down now, the data shows everything.
            days, marks = await stale_days(session, part)
            if not days:
                return 0
            whole = self._whole(part, days, now())
            made: Sequence[Made] = ()
            if whole:
                made = await part.count(Scope(session, whole[0], whole[-1], self._trusted))
        with suppress(_Overtaken):
            async with self._db.write() as session:
                if not await take(session, marks):
                    # All that has been taken goes back.
                    raise _Overtaken
                for sums in made:
                    await sums.replace(session, whole[0], whole[-1])
        return len(days)

    def _whole(self, part: Part, days: Sequence[date], moment: datetime) -> list[date]:
        """Those of the days of which all is still there to be counted."""
        first = max(self._keeping.first_day(part.name, moment), _EARLIEST)
        return [day for day in days if first <= day <= _LATEST]


async def _edges(session: AsyncSession) -> tuple[date, date] | None:
    """The first and the last day of anything that is counted, or was."""
    days: list[date] = []
    moments = (
        Conversation.started_at,
        Ticket.created_at,
        RecommendationExposure.at,
        OutreachSend.sent_at,
    )
    for column in (*moments, Feedback.day, *(kind.day for kind in (*SUMMED, DailyPeople))):
        for edge in (func.min, func.max):
            found = (await session.execute(select(edge(column)))).scalar_one_or_none()
            if found is not None:
                days.append(day_of(found) if isinstance(found, datetime) else found)
    return (max(min(days), _EARLIEST), min(max(days), _LATEST)) if days else None
