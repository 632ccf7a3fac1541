"""The memory of a process is watched, its peak too."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil

from benchmarks.channels.memory import MemoryWatch

# Takes what it is told to on a line of its own, and says when it has done so.
PROCESS = """
import sys
held = {}
for line in sys.stdin:
    name, mib = line.split()
    held[name] = bytearray(b"x") * (int(mib) * 2**20)
    print("done", flush=True)
"""


def test_what_is_kept_shows_at_the_end_and_what_is_given_back_only_in_the_peak() -> None:
    # A process of its own: what others hold and give back meanwhile is not to be seen here.
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:

        def hold(name: str, mib: int) -> None:
            print(name, mib, file=other.stdin, flush=True)
            assert other.stdout.readline() == "done\n"

        hold("nothing", 0)
        with MemoryWatch(psutil.Process(other.pid)) as memory:
            hold("passing", 80)
            hold("kept", 40)
            time.sleep(0.6)
            hold("passing", 0)
        other.stdin.close()
    assert 110 < memory.peak - memory.start < 140
    assert 35 < memory.end - memory.start < 60
