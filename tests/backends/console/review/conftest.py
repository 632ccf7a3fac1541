"""A desk over a project that an export may change."""

import subprocess
from collections.abc import Callable

import pytest

from tests.backends.console.desk import Desk
from tests.backends.review.queue.project import Project


class Office:
    """A desk, its project, and the commands on it."""

    def __init__(self, desk: Desk, project: Project, run: Callable) -> None:
        self.desk, self.project, self._run = desk, project, run

    def collect(self, *questions: str) -> None:
        self.project.fallbacks(*questions)
        self.run("collect")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self._run("review", *arguments, env=self.project.env)
        assert done.returncode == 0, done.stderr
        return done

    def message(self, text: str) -> int:
        return self._one("SELECT id FROM review_messages WHERE text = ?", text)

    def group(self, text: str) -> int:
        return self._one("SELECT group_id FROM review_messages WHERE text = ?", text)

    def label(self, text: str) -> str | None:
        return self._one("SELECT label FROM review_messages WHERE text = ?", text)

    def _one(self, statement: str, text: str):
        return self.desk.shop.sql(statement, text)[0][0]


@pytest.fixture(scope="package")
def office(begin, tmp_path_factory, run_backends) -> Office:
    project = Project.make(tmp_path_factory.mktemp("project"))
    files = {name: value for name, value in project.env.items() if name != "DATABASE_URL"}
    desk = begin("sue", "ann", "mei", **files)
    project.at(f"sqlite+aiosqlite:///{desk.shop.database}")
    desk.shop.sql("UPDATE staff SET role = 'supervisor' WHERE username = 'mei'")
    return Office(desk, project, run_backends)
