"""Peak memory is that of the process, and stays when memory is given back."""

from __future__ import annotations

import psutil

from benchmarks.nlu.worker import peak_mib


def test_the_peak_outlasts_what_caused_it() -> None:
    size = 400
    before = psutil.Process().memory_info().rss / 2**20

    block = bytearray(b"x") * (size * 2**20)
    assert len(block) == size * 2**20
    del block

    assert peak_mib() >= before + 0.9 * size
    assert psutil.Process().memory_info().rss / 2**20 < before + 0.5 * size
