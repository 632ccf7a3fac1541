"""Who empties the outbox: one task in each process."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_exponential

from backends.db import Database, now
from backends.errors import ApiError, is_unavailable
from backends.handoff.changes import Changes
from backends.handoff.delivery.outbox import Parcel, put_back, take_due
from backends.rasa import Rasa
from backends.steady import steadily

log = structlog.get_logger("backends")
#: Conversations that are written to at once.
_AT_ONCE = 16
_LOOK_EVERY = 1.0
# Longer than a request may take, so that nobody sends beside somebody who still does.
_LEASE_BEYOND = timedelta(seconds=5)


class Sender:
    """Sends what the outbox holds.

    Args:
        db: the database.
        changes: wakes it, and is told what was delivered.
        rasa: where to send.
        seconds: how long one request may take.
    """

    def __init__(self, db: Database, changes: Changes, rasa: Rasa, seconds: float) -> None:
        self._db = db
        self._changes = changes
        self._rasa = rasa
        self._lease = timedelta(seconds=seconds) + _LEASE_BEYOND
        self._wake = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to send."""
        self._changes.listeners.append(self._wake.set)
        work = steadily("words of staff", self._round, self._pause)
        self._task = asyncio.get_running_loop().create_task(work)

    async def stop(self) -> None:
        """Send no more; what is under way is sent again by the next process, under the same id."""
        tasks = [*self._sending, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._rasa.close()

    async def _pause(self) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), _LOOK_EVERY)

    async def _round(self) -> None:
        # Before looking: what comes while one looks is looked at again.
        self._wake.clear()
        free = _AT_ONCE - len(self._sending)
        if free <= 0:
            return
        for parcel in await take_due(self._db, now(), self._lease, free):
            task = asyncio.get_running_loop().create_task(self._send(parcel))
            self._sending.add(task)
            task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.warning("what was sent was not noted", error=type(task.exception()).__name__)

    async def _send(self, parcel: Parcel) -> None:
        outcome = await self._rasa.post(parcel.path, parcel.body)
        if outcome.result in ("failed", "later"):
            log.warning(
                "words of staff were not delivered",
                id=parcel.body["id"],
                result=outcome.result,
                reason=outcome.reason,
            )
        # What is not noted is sent again when the lease has ended.
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(is_unavailable),
            wait=wait_exponential(0.1, max=1),
            stop=stop_after_delay(_LEASE_BEYOND),
            reraise=True,
        ):
            # Not found: the customer was erased meanwhile.
            with attempt, suppress(ApiError):
                async with self._changes.write() as session:
                    await put_back(session, parcel, outcome, now())
