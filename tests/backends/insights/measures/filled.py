"""A shop in which much has happened, all of it counted; tests only read it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database
from backends.insights.measures.counting.days import day_of
from backends.settings import Settings
from tests.backends.insights.measures import world
from tests.backends.insights.measures.happenings import Shop
from tests.backends.insights.measures.oracle import Sums, expected

FIRST, LAST = day_of(world.at(-2)), day_of(world.at(13))
#: What is asked for.
SOME: tuple[dict[str, str], ...] = (
    {},
    {"channel": "wechat"},
    {"language": "zh"},
    {"segment": "buyers"},
    {"segment": "-"},
    {"model": "m2", "channel": "web"},
    {"channel": "nowhere"},
)


@dataclass(frozen=True)
class Filled:
    """The shop's database, and the sums that it should hold."""

    settings: Settings
    expected: dict[str, Sums]

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading."""
        database = Database(self.settings.database_url, 10_000)
        try:
            async with database.read() as session:
                yield session
        finally:
            await database.close()


def fill(settings: Settings) -> Filled:
    """Let a hundred and fifty things happen, and count."""

    async def work() -> dict[str, Sums]:
        async with world.opened(settings) as (database, counter):
            await Shop(database, 21).walk(150)
            while await counter.count():
                pass
            return await expected(database)

    return Filled(settings, asyncio.run(work()))
