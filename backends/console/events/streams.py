"""How many streams are open, and their end when the server stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Result = TypeVar("Result")
#: Of one process, and of one person (browsers keep six to a host).
MOST, MOST_OF_ONE = 500, 12


class Streams:
    """The open streams of a process."""

    def __init__(self) -> None:
        self._open: Counter[int] = Counter()
        self._stopping = asyncio.Event()

    def is_full_for(self, staff_id: int) -> bool:
        """Whether one more of this person is too many."""
        return self._open.total() >= MOST or self._open[staff_id] >= MOST_OF_ONE

    @contextmanager
    def opened(self, staff_id: int) -> Iterator[None]:
        """Count a stream of somebody while it is open."""
        self._open[staff_id] += 1
        try:
            yield
        finally:
            self._open[staff_id] -= 1

    def stop(self) -> None:
        """Let all streams end."""
        self._stopping.set()

    async def unless_stopped(self, work: Awaitable[Result]) -> Result | None:
        """What the work gives; None, at once, when the server stops."""
        task = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return await task if task.done() else None
        finally:
            task.cancel()
            stopping.cancel()
