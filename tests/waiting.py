"""How tests wait for other processes, and how long these wait for each other."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

#: Settings of servers: a busy machine is no failure of the shop; what is, has limits of its own.
PATIENCE = {
    "XIAOER_BACKEND_TIMEOUT": "15",
    "XIAOER_LEVEL_TIMEOUT": "3",
    "XIAOER_HANDOFF_TIMEOUT": "4",
    "XIAOER_DATABASE_WAIT_MS": "15000",
}


def eventually(what: Callable[[], Found], seconds: float = 60, every: float = 0.05) -> Found:
    """Return what a function gives as soon as it is true; fail when that takes too long.

    The limit is for what never happens: a busy machine may be slow, and a test that checks speed
    says so with a limit of its own.
    """
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(every)
    return found
