"""Empty databases with all tables, of both kinds that shops use."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.backends.postgres import new_database


@contextmanager
def migrated_database(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL (for SQLAlchemy) of an empty shop's database.

    Args:
        kind: `sqlite` or `postgres`.
        folder: where the file of SQLite is written.
    """

    def migrated(url: str) -> str:
        asyncio.run(upgrade(Settings(database_url=url)))
        return url

    if kind == "sqlite":
        yield migrated(f"sqlite+aiosqlite:///{folder / 'shop.db'}")
        return
    with new_database() as url:
        yield migrated(url)
