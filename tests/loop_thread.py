"""An event loop in a thread of its own, for servers beside a test that is not asynchronous."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any


class LoopThread:
    """Runs coroutines of the test, and what they start, until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._loop.is_running()

    def start(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Start a coroutine and return its future."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, Any], seconds: float) -> Any:
        """Return what a coroutine returns."""
        return self.start(work).result(seconds)

    def freeze(self) -> None:
        """Do nothing any more from one moment to the next, as a process that was killed."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def close(self) -> None:
        """Stop, and give the descriptors of the loop back."""
        if self.is_running:
            self.freeze()
        self._loop.close()
