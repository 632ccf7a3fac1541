"""The memory of a process is watched, its peak too."""

from __future__ import annotations

import time

import psutil

from benchmarks.channels.memory import MemoryWatch


def test_what_is_kept_shows_at_the_end_and_what_is_given_back_only_in_the_peak() -> None:
    kept = []
    with MemoryWatch(psutil.Process()) as memory:
        passing = bytearray(b"x") * (80 * 2**20)
        kept.append(bytearray(b"x") * (40 * 2**20))
        time.sleep(0.6)
        del passing
    assert 110 < memory.peak - memory.start < 140
    assert 35 < memory.end - memory.start < 60
