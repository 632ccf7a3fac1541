"""How long it takes from a clone to an answer, to train, to train again, and to open `rasa shell`.

Each figure stands beside that of the project that `rasa init` makes, from the same run. Nothing of
the project's own folder is touched: a copy of what git tracks is set up in a temporary folder. The
packages come from uv's cache when it holds them.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.harness import Figure, parser, report
from benchmarks.processes import (
    RASA,
    clone,
    free_port,
    rasa_init_project,
    resident_mib,
    run,
    running,
    shell_seconds,
)
from xiaoer.lm.cache import CACHE_VARIABLE


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--runs", type=int, default=3, help="runs of the short measurements")
    options.add_argument("--skip-setup", action="store_true", help="leave out set-up and clone")
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-startup-") as folder:
        # What an earlier run has learned or prepared would be taken from the cache.
        os.environ[CACHE_VARIABLE] = str(Path(folder) / "cache")
        figures = measure(Path(folder), arguments.runs, arguments.skip_setup)
    return report("startup", figures, arguments)


def measure(folder: Path, runs: int, skip_setup: bool) -> list[Figure]:
    """Return all figures."""
    ours = clone(folder / "clone")
    figures = []
    setup = 0.0
    if not skip_setup:
        setup = run(["python3", "scripts/setup.py"], ours)
        figures.append(Figure("set-up from a warm package cache", setup, "s"))
        again = run(["python3", "scripts/setup.py"], ours)
        figures.append(Figure("set-up, second run", again, "s", target="<= 2"))
    python = sys.executable if skip_setup else str(ours / ".venv/bin/python")
    seed = run([python, "-m", "backends", "migrate"], ours)
    seed += run([python, "-m", "backends", "seed"], ours)
    ours_train = run([python, "-m", "xiaoer.cli", "train"], ours)
    up = [python, "-m", "xiaoer.cli", "up"]
    # The first start learns profiles and recommendations from the orders that were just made.
    ours_reply = first_reply_seconds(ours, up, "你好")

    peer = folder / "init"
    rasa_init_project(peer)
    for path in [*peer.glob("models/*"), *peer.glob(".rasa/cache/*")]:
        path.unlink() if path.is_file() else _remove(path)
    peer_train = run([*RASA, "train", "--skip-validation"], peer)
    peer_reply = first_reply_seconds(peer, None, "hello")

    if not skip_setup:
        total = setup + seed + ours_train + ours_reply
        figures.append(
            Figure("clone to first reply", total, "s", peer_train + peer_reply, "<= 480")
        )
    figures += [
        Figure("seed the shop", seed, "s"),
        Figure("train", ours_train, "s", peer_train, "<= 240"),
        Figure("start to first reply, the first time", ours_reply, "s", peer_reply),
        Figure(
            "start to first reply",
            statistics.median(first_reply_seconds(ours, up, "你好") for _ in range(runs)),
            "s",
            statistics.median(first_reply_seconds(peer, None, "hello") for _ in range(runs)),
        ),
    ]
    ours_retrain = statistics.median(
        retrain_seconds(ours, [python, "-m", "xiaoer.cli", "train"], runs)
    )
    peer_retrain = statistics.median(
        retrain_seconds(peer, [*RASA, "train", "--skip-validation"], runs)
    )
    figures.append(
        Figure("train after a change in one response", ours_retrain, "s", peer_retrain, "<= 25")
    )
    ours_shell = statistics.median(shell_seconds(ours) for _ in range(runs))
    peer_shell = statistics.median(shell_seconds(peer) for _ in range(runs))
    figures += [
        Figure("rasa shell ready", ours_shell, "s", peer_shell),
        Figure("rasa shell ready, ratio to rasa init", ours_shell / peer_shell, "", 1.0, "<= 0.5"),
        Figure("resident memory of the Rasa server", server_mib(ours), "MiB", server_mib(peer)),
    ]
    return figures


def first_reply_seconds(folder: Path, up: list[str] | None, message: str) -> float:
    """Return the seconds from the start of the processes to the first reply over REST."""
    ports = [free_port() for _ in range(3)]
    if up:
        command = [
            *up,
            *("--rasa-port", str(ports[0])),
            *("--actions-port", str(ports[1])),
            *("--backends-port", str(ports[2])),
        ]
    else:
        command = [*RASA, "run", "--port", str(ports[0]), "--credentials", _rest(folder)]
    start = time.perf_counter()
    health = f"http://127.0.0.1:{ports[0]}/webhooks/rest/"
    with running(command, folder, health):
        replies = httpx.post(
            f"{health}webhook", json={"sender": "benchmark", "message": message}, timeout=60
        ).json()
        seconds = time.perf_counter() - start
    if not replies:
        raise RuntimeError(f"No reply to '{message}' in {folder}.")
    return seconds


def retrain_seconds(folder: Path, train: list[str], runs: int) -> list[float]:
    """Return the seconds of each training after one response was changed."""
    domain = folder / "domain.yml"
    seconds = []
    for number in range(runs):
        text = domain.read_text()
        changed = re.sub(
            r"(utter_greet:\n(?:.*\n)*?\s*-?\s*text: ['\"]?)", rf"\g<1>({number}) ", text, count=1
        )
        if changed == text:
            raise RuntimeError(f"{domain} has no response utter_greet to change.")
        domain.write_text(changed)
        seconds.append(run(train, folder))
    return seconds


def server_mib(folder: Path) -> float:
    """Return the resident memory of a Rasa server with the project's model, after a message."""
    port = free_port()
    health = f"http://127.0.0.1:{port}/webhooks/rest/"
    command = [*RASA, "run", "--port", str(port), "--credentials", _rest(folder)]
    with running(command, folder, health) as process:
        httpx.post(f"{health}webhook", json={"sender": "m", "message": "hello"}, timeout=60)
        return resident_mib(process)


def _rest(folder: Path) -> str:
    path = folder / "benchmark-credentials.yml"
    path.write_text("rest:\n")
    return str(path)


def _remove(path: Path) -> None:
    for child in path.iterdir():
        child.unlink() if child.is_file() else _remove(child)
    path.rmdir()


if __name__ == "__main__":
    sys.exit(main())
