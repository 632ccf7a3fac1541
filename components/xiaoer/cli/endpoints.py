"""The `endpoints.yml` that a started Rasa gets: the project's, with the action server's real port."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ruamel import yaml

from xiaoer.cli.project import Project
from xiaoer.cli.services import Ports


@contextmanager
def endpoints_for(project: Project, ports: Ports) -> Iterator[str]:
    """Yield the path of an endpoints file that names the action server on `ports.actions`.

    The project's own file is used unless another port than the default was asked for.
    """
    own = project.folder / "endpoints.yml"
    if ports.actions == Ports().actions and own.is_file():
        yield str(own)
        return
    reader = yaml.YAML(typ="safe")
    endpoints = (reader.load(own.read_text()) if own.is_file() else None) or {}
    endpoints["action_endpoint"] = {"url": f"http://127.0.0.1:{ports.actions}/webhook"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "endpoints.yml"
        with path.open("w") as file:
            reader.dump(endpoints, file)
        yield str(path)
