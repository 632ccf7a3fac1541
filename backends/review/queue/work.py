"""Steady work that one process does at a time, whichever has taken it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database, now
from backends.review.queue.inserting import insert_missing
from backends.review.queue.models import ReviewWork

#: Who is not heard of for so long has died.
LEASE = timedelta(minutes=5)


class Lost(Exception):
    """Another process has taken the work over, since this one was not heard of for too long."""


class Lease:
    """The right to do a piece of work until it is not renewed.

    Args:
        db: the database.
        name: of the work.
    """

    def __init__(self, db: Database, name: str) -> None:
        self._db = db
        self.name = name
        self.holder = secrets.token_hex(8)

    async def take(self) -> bool:
        """Whether it was free and is this process's now."""
        moment = now()
        async with self._db.write() as session:
            await insert_missing(session, ReviewWork, name=self.name, position=0)
            free = or_(ReviewWork.until.is_(None), ReviewWork.until < moment)
            taken = await session.execute(
                update(ReviewWork)
                .where(ReviewWork.name == self.name, free)
                .values(holder=self.holder, until=moment + LEASE)
                .execution_options(synchronize_session=False)
            )
        return bool(taken.rowcount)

    async def renew(self, session: AsyncSession) -> None:
        """Keep it, in the transaction of what was done.

        Raises:
            Lost: it is not this process's any more; nothing of the transaction may stay.
        """
        kept = await session.execute(
            update(ReviewWork)
            .where(ReviewWork.name == self.name, ReviewWork.holder == self.holder)
            .values(until=now() + LEASE)
            .execution_options(synchronize_session=False)
        )
        if not kept.rowcount:
            raise Lost

    async def give_back(self) -> None:
        """Let others have it."""
        async with self._db.write() as session:
            await session.execute(
                update(ReviewWork)
                .where(ReviewWork.name == self.name, ReviewWork.holder == self.holder)
                .values(holder=None, until=None)
                .execution_options(synchronize_session=False)
            )


@asynccontextmanager
async def leased(db: Database, name: str) -> AsyncIterator[Lease | None]:
    """The lease of a piece of work, or None while another process does it."""
    lease = Lease(db, name)
    if not await lease.take():
        yield None
        return
    try:
        yield lease
    finally:
        await lease.give_back()


async def position_of(session: AsyncSession, source: str) -> int:
    """How far a source has been read."""
    row = await session.execute(select(ReviewWork.position).where(ReviewWork.name == source))
    return row.scalar() or 0


async def note_position(session: AsyncSession, source: str, position: int) -> None:
    """Write down how far a source has been read."""
    await insert_missing(session, ReviewWork, name=source, position=0)
    await session.execute(
        update(ReviewWork)
        .where(ReviewWork.name == source)
        .values(position=position)
        .execution_options(synchronize_session=False)
    )
