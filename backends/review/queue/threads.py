"""Threads of their own for sums that take long, so that requests keep theirs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


class Threads:
    """Two threads: one may group while the other reads files.

    Attributes:
        stop: set when the process ends.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="review")

    async def run(self, work: Callable[..., Result], *given: Any) -> Result:
        """Do blocking work in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)

    def close(self) -> None:
        """Let what goes on end early."""
        self.stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
