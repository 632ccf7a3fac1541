"""Work beside the conversation, which neither waits for it nor fails with it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from actions.clients.errors import BackendError

logger = logging.getLogger(__name__)

_MOST = 100
_tasks: set[asyncio.Task[None]] = set()


def beside(what: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Begin some work and go on; when too much of it is under way already, it is left out.

    Args:
        what: The work in words, for the log.
        work: Makes the coroutine; a `BackendError` of it is logged.
    """
    if len(_tasks) >= _MOST:
        logger.warning("Too much is under way: left out was %s.", what)
        return
    task = asyncio.get_running_loop().create_task(_done(what, work))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _done(what: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    try:
        await work()
    except BackendError as error:
        logger.warning("It did not work: %s (%s).", what, type(error).__name__)
