"""Where a service's search is done: its threads, its encoder, its Qdrant."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog

from backends.search.qdrant import open_client
from backends.search.settings import SearchSettings

log = structlog.get_logger("backends.search")
Result = TypeVar("Result")

_VECTOR_SECONDS = 1.0
# After a failure the vectors are left alone for so long, so that customers do not wait for them.
_REST_SECONDS = 30.0


class Workshop:
    """Runs blocking work in threads, and work on vectors with a deadline.

    Args:
        settings: which encoder, which Qdrant, where vectors are kept.
        name: of the service, for the threads and the log.

    Attributes:
        encoder, client: an ``xiaoer.lm.Encoder`` and a Qdrant client, None until ``open`` and where
            there is no encoder: the search then goes by words alone.
    """

    def __init__(self, settings: SearchSettings, name: str) -> None:
        self.settings = settings
        self.name = name
        self.encoder: Any = None
        self.client: Any = None
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix=name)
        self._rest_until = 0.0

    async def open(self) -> None:
        """Load the encoder and open Qdrant; what fails is logged."""
        try:
            self.encoder, self.client = await self.run(self._open)
        except Exception as error:
            log.warning("search goes on by words alone", of=self.name, error=str(error))

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def awake(self) -> bool:
        """Whether vectors may be asked for: not for a while after a failure."""
        return time.monotonic() >= self._rest_until

    async def run(self, work: Callable[..., Result], *given: Any) -> Result:
        """Do blocking work in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)

    async def guarded(self, work: Callable[..., Result], *given: Any) -> Result | None:
        """Do work on vectors in a thread; None when it fails or takes longer than a second."""
        try:
            return await asyncio.wait_for(self.run(work, *given), _VECTOR_SECONDS)
        except Exception as error:
            self._rest_until = time.monotonic() + _REST_SECONDS
            log.warning(
                "the vectors do not answer, search goes by words",
                of=self.name,
                error=type(error).__name__,
            )
            return None

    def _open(self) -> tuple[Any, Any]:
        if not self.settings.encoder:
            return None, None
        from xiaoer.lm import Encoder

        encoder = Encoder.load(self.settings.encoder)
        encoder.encode(["open the layers now, not at the first customer"])
        return encoder, open_client(self.settings)
