"""How tests wait for what happens in other processes."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


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
