"""What is started together ends together, however its end comes."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from xiaoer.cli.supervisor import port_is_taken

STARTED = """
import os, sys
from pathlib import Path
from xiaoer.cli.supervisor import Service, Supervisor

port = int(sys.argv[1])
command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
with Supervisor(Path(sys.argv[2]), dict(os.environ), Path(sys.argv[2])) as supervisor:
    supervisor.start(Service("pages", command, port, "/", "--port"))
    print("ready", flush=True)
    supervisor.wait()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_services_do_not_outlive_who_started_them(
    number: signal.Signals, tmp_path: Path, free_port: Callable[[], int], project_root: Path
) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, str(port), str(tmp_path)],
        cwd=project_root / "components",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert port_is_taken(port)

    process.send_signal(number)

    process.wait(20)
    deadline = time.monotonic() + 5
    while port_is_taken(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not port_is_taken(port)
