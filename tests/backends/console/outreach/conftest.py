"""A desk whose shop sends without quiet hours, with customers, copy and an order of things."""

import asyncio
from collections.abc import Callable

import pytest

from backends.db import Database
from tests.backends.campaigns.outreach.test_killed import write_rules
from tests.backends.campaigns.outreach.world import World
from tests.backends.conftest import TOKEN


@pytest.fixture(scope="module")
def outreach_desk(begin, tmp_path_factory):
    """A server whose outbound connector delivers on Slack."""
    rules = write_rules(tmp_path_factory.mktemp("rules") / "outreach.yml")
    return begin("sue", "ann", XIAOER_OUTREACH_FILE=str(rules))


@pytest.fixture
def write(outreach_desk) -> Callable:
    """A function that writes rows by a coroutine of `World`."""

    def run(work):
        async def inside():
            db = Database(f"sqlite+aiosqlite:///{outreach_desk.shop.database}", 10_000)
            try:
                return await work(World(db, outreach_desk.outbound.url, TOKEN))
            finally:
                await db.close()

        return asyncio.run(inside())

    return run
