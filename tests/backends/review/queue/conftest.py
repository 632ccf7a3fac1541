"""A project, and a server over it with a supervisor."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.backends.console.desk import hire
from tests.backends.review.queue.project import Project


@pytest.fixture
def project(tmp_path, run_backends) -> Project:
    """A project with an empty shop and nobody to look at it."""
    made = Project.make(tmp_path)
    assert run_backends("migrate", env=made.env).returncode == 0
    return made


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, run_backends: Callable, start_light_shop: Callable,
    free_port: Callable[[], int],
) -> Iterator[tuple[Project, Any]]:  # fmt: skip
    """A project and a server over it; its supervisor is sue, its agent ann."""
    folder = tmp_path_factory.mktemp("review")
    made = Project.make(folder)
    assert run_backends("migrate", env=made.env).returncode == 0
    hire(made.env["DATABASE_URL"], "sue", "ann")
    server = start_light_shop(folder / "shop.db", folder, free_port(), env=made.env)
    yield made, server
    server.stop()
