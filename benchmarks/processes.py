"""Projects and processes that benchmarks measure: ours, and the one that `rasa init` makes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pexpect
import psutil

from benchmarks.harness import ROOT

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
}
RASA = [sys.executable, "-m", "rasa"]
PROMPT = "Your input"


def environment(**more: str) -> dict[str, str]:
    """Return the environment of measured processes."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    # What is said while measuring is no part of the project's insights.
    events = {"XIAOER_EVENTS_URL": "off"}
    return {**os.environ, **QUIET, **events, "PATH": path, **more}


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: list[str], folder: Path, **more: str) -> float:
    """Run `command` to its end and return the seconds it took.

    Raises:
        RuntimeError: With its last lines, when it fails.
    """
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")
    return seconds


def clone(target: Path) -> Path:
    """Copy the files that git knows, as they are now, to `target`; as a fresh clone has them."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True
    ).stdout
    for name in listed.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            destination = target / name
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, destination)
    return target


def rasa_init_project(folder: Path) -> Path:
    """Make the project that `rasa init` makes, in `folder`; it trains it too."""
    folder.mkdir(parents=True, exist_ok=True)
    run([*RASA, "init", "--no-prompt", "--init-dir", str(folder)], folder)
    return folder


def shell_seconds(folder: Path, seconds: float = 300) -> float:
    """Return how long `rasa shell` takes until it asks for the first message."""
    start = time.perf_counter()
    child = pexpect.spawn(
        RASA[0],
        [*RASA[1:], "shell", "--port", str(free_port())],
        cwd=str(folder),
        env=environment(),
        timeout=seconds,
        encoding="utf-8",
        codec_errors="replace",
    )
    try:
        child.expect(PROMPT)
        return time.perf_counter() - start
    finally:
        child.close(force=True)


@contextmanager
def running(
    command: list[str], folder: Path, health_url: str, seconds: float = 300, **more: str
) -> Iterator[psutil.Process]:
    """Run `command` until the block ends, once `health_url` answers 200.

    Raises:
        RuntimeError: If it ends or does not answer in time; its log's end is in the text.
    """
    log_path = folder / f"benchmark-{free_port()}.log"
    with log_path.open("w") as log:
        process = psutil.Popen(
            command,
            cwd=folder,
            env=environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, health_url, seconds, log_path)
            yield process
        finally:
            stop(process)
            log_path.unlink(missing_ok=True)


def stop(process: psutil.Process) -> None:
    """End `process` and its children."""
    tree = [*process.children(recursive=True), process]
    for member in tree:
        if member.is_running():
            member.terminate()
    _, alive = psutil.wait_procs(tree, timeout=15)
    for member in alive:
        member.kill()


def resident_mib(process: psutil.Process) -> float:
    """Return the resident memory of `process` and its children, in MiB."""
    tree = [process, *process.children(recursive=True)]
    return sum(member.memory_info().rss for member in tree) / 2**20


def _wait(process: psutil.Process, url: str, seconds: float, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer:\n{log.read_text()[-3000:]}")
