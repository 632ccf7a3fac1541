"""Waiting for changes of tickets, those of other processes included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy import select
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database
from backends.handoff.models import Ticket, TicketCounter
from backends.handoff.stamping import CHANGED
from backends.steady import steadily

#: How often the database is looked at for what other processes changed, in seconds.
LOOK_EVERY = 1.0
#: How long one waits for others of the same process to write, in seconds.
LONGEST_TURN = 5.0


class Changes:
    """What has changed since a number of the counter.

    Within a process `publish` wakes those who wait at once; what other processes change is seen
    by the database's counter, which one task looks at each second.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen = 0
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._turns = asyncio.Lock()
        #: Called at each `publish`.
        self.listeners: list[Callable[[], None]] = []

    def start(self) -> None:
        """Begin to look."""
        work = steadily("changes of tickets", self._look, self._pause)
        self._task = asyncio.get_running_loop().create_task(work)

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def publish(self, reference: str) -> None:
        """Say that a ticket has changed, after the commit; `write` does it by itself."""
        self._wake.set()
        for listener in self.listeners:
            listener()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session as of ``Database.write()`` whose changes are published when it has ended.

        On SQLite those of a process take turns, in order: its own waiting for the lock is by
        sleeping, and of many some would sleep until they are refused.
        """
        async with self._turn(), self._db.write() as session:
            yield session
        for reference in session.info.get(CHANGED, ()):
            self.publish(reference)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if not self._db.is_sqlite:
            yield
            return
        try:
            await asyncio.wait_for(self._turns.acquire(), LONGEST_TURN)
        except asyncio.TimeoutError:
            raise PoolTimeout("the database is busy") from None
        try:
            yield
        finally:
            self._turns.release()

    async def current(self) -> int:
        """The number of the counter now: from here on one waits."""
        async with self._db.read() as session:
            return await _value(session)

    async def wait(self, since: int, timeout: float) -> tuple[int, set[str]]:
        """Wait until tickets have changed.

        Args:
            since: the number that was seen last, from `current` or `wait`.
            timeout: seconds.

        Returns:
            The number of the counter and the references of what has changed after `since`; the
            same number and nothing when the time is over.
        """
        end = asyncio.get_running_loop().time() + timeout
        while True:
            # Before asking: what the task sees from here on sets it.
            news = self._news
            found = await self._since(since)
            if found[0] != since:
                return found
            try:
                left = end - asyncio.get_running_loop().time()
                await asyncio.wait_for(news.wait(), max(left, 0))
            except asyncio.TimeoutError:
                return since, set()

    async def _since(self, since: int) -> tuple[int, set[str]]:
        async with self._db.read() as session:
            rows = await session.execute(
                select(Ticket.version, Ticket.reference).where(Ticket.version > since)
            )
            changed = {reference: version for version, reference in rows}
            if changed:
                return max(changed.values()), set(changed)
            return await _value(session), set()

    async def _look(self) -> None:
        # Before looking: what is published while one looks is looked at again.
        self._wake.clear()
        value = await self.current()
        if value != self._seen:
            self._seen = value
            self._news.set()
            self._news = asyncio.Event()

    async def _pause(self) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), LOOK_EVERY)


async def _value(session: AsyncSession) -> int:
    found = await session.execute(select(TicketCounter.value).where(TicketCounter.id == 1))
    return found.scalar_one_or_none() or 0
