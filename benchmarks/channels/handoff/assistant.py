"""The whole assistant as `xiaoer up` starts it, with a shop of its own whose staff is always there."""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.harness import ROOT
from benchmarks.processes import environment, free_port, run, running

_BACKENDS = [sys.executable, "-m", "backends"]
_UP = [sys.executable, "-m", "xiaoer.cli", "up"]
USERNAME = "bench"


@dataclass(frozen=True)
class Assistant:
    """Where it is, and an account of staff.

    Attributes:
        rasa, backends: URLs.
        username, password: of a supervisor.
    """

    rasa: str
    backends: str
    username: str
    password: str


@contextmanager
def assistant(project: Path) -> Iterator[Assistant]:
    """Run a project until the block ends.

    Args:
        project: its folder; it has to be trained.
    """
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as name:
        folder = Path(name)
        settings = {
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'shop.db'}",
            "XIAOER_STATE_DIR": str(folder),
            "XIAOER_SERVICE_TOKEN": secrets.token_hex(16),
            "XIAOER_SERVICE_FILE": str(_always_open(folder)),
        }
        run([*_BACKENDS, "seed"], project, **settings)
        password = secrets.token_urlsafe(12)
        _add_staff(password, project, settings)
        ports = [free_port() for _ in range(3)]
        names = ("--rasa-port", "--actions-port", "--backends-port")
        options = [each for pair in zip(names, map(str, ports), strict=True) for each in pair]
        rasa, _, backends = (f"http://127.0.0.1:{port}" for port in ports)
        with running([*_UP, *options], project, f"{rasa}/webhooks/rest/", 900, **settings):
            yield Assistant(rasa, backends, USERNAME, password)


def _always_open(folder: Path) -> Path:
    """Write a service file without closing times, and return it."""
    service = yaml.safe_load((ROOT / "data" / "shop" / "service.yml").read_text(encoding="utf-8"))
    service["hours"] = dict.fromkeys(service["hours"], "00:00-24:00")
    service["special_days"] = []
    path = folder / "service.yml"
    path.write_text(yaml.safe_dump(service), encoding="utf-8")
    return path


def _add_staff(password: str, project: Path, settings: dict[str, str]) -> None:
    done = subprocess.run(
        [*_BACKENDS, "staff", "add", USERNAME, "--role", "supervisor"],
        cwd=project,
        env=environment(**settings),
        input=f"{password}\n",
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"the account was not made:\n{done.stdout}{done.stderr}")
