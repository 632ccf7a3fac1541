"""Databases of their own on a real PostgreSQL, for the tests that need one."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest

SERVER = os.environ.get("XIAOER_TEST_POSTGRES_URL", "postgresql:///postgres")


def execute(statement: str, url: str = SERVER) -> list[tuple[Any, ...]]:
    """Run one statement outside a transaction and return its rows."""

    async def work() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url.replace("+asyncpg", "", 1), timeout=3)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(work())


@contextmanager
def new_database() -> Iterator[str]:
    """Give the URL (for SQLAlchemy) of an empty database, dropped afterwards.

    Without a server the test is skipped, or fails where `XIAOER_REQUIRE_SERVICES` is 1.
    """
    try:
        execute("SELECT 1")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        what = f"PostgreSQL does not answer at {SERVER} (XIAOER_TEST_POSTGRES_URL): {error}"
        if os.environ.get("XIAOER_REQUIRE_SERVICES") == "1":
            pytest.fail(what)
        pytest.skip(what)
    name = f"xiaoer_test_{secrets.token_hex(4)}"
    execute(f"CREATE DATABASE {name}")
    try:
        yield f"{SERVER.rsplit('/', 1)[0].replace('postgresql:', 'postgresql+asyncpg:', 1)}/{name}"
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")
