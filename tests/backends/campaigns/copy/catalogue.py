"""A database with the catalogue and nothing else."""

import asyncio
from pathlib import Path

from backends.catalog.loader import load_catalog
from backends.db import Database
from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.backends.conftest import ROOT


def write_catalogue(path: Path) -> None:
    """Make the database, a file of SQLite."""

    async def make() -> None:
        settings = Settings(database_url=f"sqlite+aiosqlite:///{path}")
        await upgrade(settings)
        database = Database(settings.database_url)
        async with database.write() as session:
            await load_catalog(session, ROOT / "data" / "shop")
        await database.scrub()
        await database.close()

    asyncio.run(make())
