"""Who is in which segment: the segments of the shop, as rows that queries can join."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from pathlib import Path

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.profiles.covered import covered
from backends.customers.profiles.models import ProfileTags
from backends.customers.profiles.store import Kept, read_all
from backends.customers.profiles.tags import TAGS
from backends.customers.segments.book import Segment, SegmentBook
from backends.db import Database
from backends.insights.measures.models import DailyConversations, InsightMark, SegmentMember
from backends.setup_error import SetupError

_NAME = "segments"
_AT_ONCE = 500
log = structlog.get_logger("backends.insights")


class Membership:
    """Follows the profiles and the files of segments.

    Args:
        folder: with ``segments.yml`` and ``tags.yml``.
        every: for how many seconds nothing is looked at after a look.
    """

    def __init__(self, folder: Path, every: float = 0.0) -> None:
        self._folder = folder
        self._book = SegmentBook(folder)
        self._every = every
        self._looked_at = -math.inf

    async def names(self) -> list[str]:
        """The names of the segments, none while the files cannot be used."""
        return list(await self._segments() or ())

    async def refresh(self, db: Database) -> None:
        """Write down who is in which segment now, unless nothing has changed since the last time.

        While the files cannot be used, what was written down stays.
        """
        if time.monotonic() < self._looked_at + self._every:
            return
        self._looked_at = time.monotonic()
        segments = await self._segments()
        if segments is None:
            return
        files = await asyncio.to_thread(self._digest)
        async with db.read() as session:
            mark = await _mark(session, files)
            if mark == await _last_mark(session):
                return
            _, customers = await read_all(session)
        members = await asyncio.to_thread(_members, segments, customers)
        async with db.write() as session:
            last = await _last_mark(session, hold=True)
            if mark == last or mark != await _mark(session, files):
                # Another was first, or consents or profiles have changed since: next time.
                return
            await session.execute(delete(SegmentMember))
            rows = [{"segment": segment, "customer_id": customer} for segment, customer in members]
            for start in range(0, len(rows), _AT_ONCE):
                await session.execute(
                    insert(SegmentMember.__table__), rows[start : start + _AT_ONCE]
                )
            await session.execute(
                update(InsightMark)
                .where(InsightMark.name == _NAME)
                .values(value=mark)
                .execution_options(synchronize_session=False)
            )

    async def _segments(self) -> dict[str, Segment] | None:
        try:
            return await asyncio.to_thread(self._book.segments)
        except SetupError as error:
            log.warning("segments cannot be read", why=str(error))
            return None

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name in ("segments.yml", TAGS):
            path = self._folder / name
            digest.update(path.read_bytes() if path.exists() else b"")
        return digest.hexdigest()[:32]


def _members(segments: dict[str, Segment], customers: list[Kept]) -> list[tuple[str, str]]:
    return [
        (name, one.customer)
        for one in customers
        for name, segment in segments.items()
        if segment.has(one.values)
    ]


async def _mark(session: AsyncSession, files: str) -> str:
    """Something that differs when the files, the profiles or the consents do."""
    rows = await session.execute(select(func.count(), func.max(ProfileTags.at)).where(covered()))
    count, made = rows.one()
    return f"{files} {count} {made and made.isoformat()}"


async def _last_mark(session: AsyncSession, hold: bool = False) -> str | None:
    """The mark of the last time; when it is held, others must wait until this one is done."""
    query = select(InsightMark.value).where(InsightMark.name == _NAME)
    if hold:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        made = insert(InsightMark).values(name=_NAME, value="").on_conflict_do_nothing()
        await session.execute(made)
        query = query.with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def segment_names(session: AsyncSession, membership: Membership) -> set[str]:
    """The segments of the file, and those of which there are sums still."""
    rows = await session.execute(select(DailyConversations.segment).distinct())
    return {*await membership.names(), *rows.scalars()}
