"""The migrations make what the models say, and can be undone."""

import sqlite3
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from backends.db import MIGRATIONS, Database, newest_revision
from backends.migrations.run import upgrade
from backends.models import Base
from backends.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}")


async def on(settings, work):
    database = Database(settings.database_url)
    try:
        async with database.engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await database.close()


async def test_an_empty_database_becomes_what_the_models_say(settings):
    assert await upgrade(settings) == (None, newest_revision())

    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)

    assert await on(settings, differences) == []


async def test_checks_stand_in_the_database_itself(settings, tmp_path):
    await upgrade(settings)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.execute(
            "INSERT INTO customers VALUES ('C1', 'A', 'en', '19900000001', '2026-01-01')"
        )
        order = "INSERT INTO orders (number, customer_id, status, placed_at, total_fen, "
        order += "shipping_fen, address) VALUES (?, 'C1', ?, '2026-01-01', 1, 0, 'a')"
        connection.execute(order, ("XD1", "paid"))
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(order, ("XD2", "lost"))


async def test_each_step_can_be_undone(settings):
    await upgrade(settings)

    def down(connection):
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        return connection.dialect.get_table_names(connection)

    assert set(await on(settings, down)) <= {"alembic_version", "sqlite_sequence"}
    assert await upgrade(settings) == (None, newest_revision())
