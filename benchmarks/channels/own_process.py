"""Work in a process of its own, so that what asks does not slow down what measures."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any


@contextmanager
def own_process() -> Iterator[Callable[..., Future[Any]]]:
    """Give a function that starts another in a process of its own, and waits at the end.

    Both the arguments and the result are sent between the processes.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool.submit
