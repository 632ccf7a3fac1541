"""Work in the background that nobody waits for, in order for each customer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


class Lanes:
    """Runs jobs of one lane after another and those of different lanes at once.

    Every job is tracked: `drain` waits for them at shutdown, and one that fails is logged.
    """

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def put(self, lane: str, job: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Run a job when those that were put into the lane before it are done."""
        task = asyncio.create_task(self._run(self._last.get(lane), job))
        self._last[lane] = task
        self._running.add(task)
        task.add_done_callback(lambda done: self._forget(lane, done))
        return task

    async def drain(self, seconds: float) -> int:
        """Wait for all jobs, end those that take longer; return how many were ended."""
        if not self._running:
            return 0
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    async def _run(
        self, previous: asyncio.Task[None] | None, job: Callable[[], Awaitable[None]]
    ) -> None:
        if previous is not None:
            await asyncio.wait([previous])
        try:
            await job()
        except Exception:
            logger.exception("A message could not be handled.")

    def _forget(self, lane: str, done: asyncio.Task[None]) -> None:
        self._running.discard(done)
        if self._last.get(lane) is done:
            del self._last[lane]
