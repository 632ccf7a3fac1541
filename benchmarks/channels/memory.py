"""The memory of a server while it is asked."""

from __future__ import annotations

import statistics
import threading
from types import TracebackType

import psutil

from benchmarks.processes import resident_mib

_SECONDS = 0.25


class MemoryWatch:
    """Watches the resident memory of a process and its children, in MiB, within a block."""

    _SETTLED = 4

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._samples: list[float] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._sample(self._SETTLED)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        if error is None:
            self._sample(self._SETTLED)

    @property
    def start(self) -> float:
        """Return the median of the first samples."""
        return statistics.median(self._samples[: self._SETTLED])

    @property
    def peak(self) -> float:
        """Return the most."""
        return max(self._samples)

    @property
    def end(self) -> float:
        """Return the median of the last samples."""
        return statistics.median(self._samples[-self._SETTLED :])

    def _sample(self, count: int) -> None:
        for _ in range(count):
            self._samples.append(resident_mib(self._process))
            self._done.wait(_SECONDS if not self._done.is_set() else 0)

    def _watch(self) -> None:
        while not self._done.wait(_SECONDS):
            self._samples.append(resident_mib(self._process))
