"""What tests of all floors share: the project's folder, free ports, one trained model."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.folder_scheduling import FolderScheduling

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
# Threads that wait by spinning take the processor from the other worker's.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# What tests say is no part of the project's insights, nor do test servers take its events.
os.environ["XIAOER_EVENTS_URL"] = "off"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FolderScheduling | None:
    """Whole folders to each worker, where whole files are asked for (`--dist loadfile`)."""
    return FolderScheduling(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """A function that returns a port nothing listens on, another each time.

    The ports are below those that systems give to outgoing connections, and each worker of
    pytest-xdist has its own, so that nobody takes one before its server starts.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 12_000 + worker % 10 * 2_000
    ports = iter(range(first + os.getpid() % 1_000, first + 2_000))

    def find() -> int:
        for port in ports:
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return port
        raise RuntimeError("no port is left for another server")

    return find


@pytest.fixture(scope="session")
def trained_project() -> Path:
    """The project with a model of its files as they are; trained once, or not at all."""
    (ROOT / ".xiaoer").mkdir(exist_ok=True)
    # Another worker's training is waited for: it leaves nothing to train.
    with FileLock(ROOT / ".xiaoer" / "tests-train.lock"):
        done = subprocess.run(
            [sys.executable, "-m", "xiaoer.cli", "train"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=1500,
        )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return ROOT
