"""Databases for conversations, on SQLite and PostgreSQL."""

import asyncio
from collections.abc import Iterator

import pytest

from backends.db import Database
from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.backends.postgres import new_database


@pytest.fixture(scope="module")
def shop_url(tmp_path_factory) -> str:
    """The address of an empty shop's database in a file."""
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('shop') / 'shop.db'}"
    asyncio.run(upgrade(Settings(database_url=url)))
    return url


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)]
)
def any_shop_url(request, tmp_path_factory) -> Iterator[str]:
    """The same on either database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("shop_url")
        return
    with new_database() as url:
        asyncio.run(upgrade(Settings(database_url=url)))
        yield url


@pytest.fixture
async def database(any_shop_url) -> Database:
    """The shop's database, with whatever the module's other tests left."""
    opened = Database(any_shop_url)
    yield opened
    await opened.close()
