"""Work that goes on beside the endpoints, whatever happens to one round of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from backends.errors import is_unavailable, log_unexpected

log = structlog.get_logger("backends")


async def steadily(
    name: str, work: Callable[[], Awaitable[Any]], pause: Callable[[], Awaitable[Any]]
) -> None:
    """Work and pause until cancelled; a round that fails is logged, without what it was about.

    Args:
        name: of the work, for the log.
        work: one round.
        pause: waits for the next.
    """
    while True:
        try:
            await work()
        except Exception as error:
            if is_unavailable(error):
                log.warning("put off", work=name, error=type(error).__name__)
            else:
                log_unexpected(error, work=name)
        await pause()
