"""Work in a process of its own, so that its memory is its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from benchmarks.nlu.worker import peak_mib

Result = TypeVar("Result")


def in_own_process(work: Callable[..., Result], *given: Any) -> tuple[Result, float]:
    """Call a function of a module in a new process.

    Args:
        work: the function.
        given: its arguments; they and the result are sent between the processes.

    Returns:
        The result, and the most memory that the process held at any time, in MiB.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_call, work, *given).result()


def _call(work: Callable[..., Result], *given: Any) -> tuple[Result, float]:
    return work(*given), peak_mib()
