"""A server whose shop has a history of conversations."""

import sqlite3
from contextlib import closing

import pytest

from tests.backends.console.desk import Desk
from tests.backends.console.insights.history import History


@pytest.fixture(scope="package")
def history() -> History:
    """What happened in the sixty days before today."""
    return History()


@pytest.fixture(scope="package")
def insight_desk(begin, history, run_backends, tmp_path_factory) -> Desk:
    """The server, after all was counted; of its staff pat is a supervisor who reads Chinese."""
    database = tmp_path_factory.mktemp("history") / "shop.db"
    url = f"sqlite+aiosqlite:///{database}"
    for command in (["migrate"], ["insights", "count"]):
        done = run_backends(*command, env={"DATABASE_URL": url})
        assert done.returncode == 0, done.stderr
        if command == ["migrate"]:
            history.write(url)
    desk = begin("sue", "ann", "pat", url=url)
    change = "UPDATE staff SET role = ?, console_language = ? WHERE username = ?"
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute(change, ("supervisor", "zh", "pat"))
    return desk


@pytest.fixture(scope="package")
def sue(insight_desk):
    """A supervisor who reads English."""
    return insight_desk.staff("sue")
