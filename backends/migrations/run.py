"""Run the migrations from Python, over the async engine."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from backends.db import MIGRATIONS, newest_revision, open_database, refuse_newer
from backends.settings import Settings


async def upgrade(settings: Settings, revision: str = "head") -> tuple[str | None, str]:
    """Bring the database to a revision.

    Args:
        settings: names the database.
        revision: where to stop; the newest by default.

    Returns:
        The revision before and the newest one.

    Raises:
        SetupError: the database is newer than this code, is locked or cannot be reached.
    """
    database = open_database(settings)

    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    try:
        before = await database.revision()
        if before is not None:
            refuse_newer(before)
        async with database.engine.begin() as connection:
            await connection.run_sync(run)
    except (DBAPIError, OSError) as error:
        raise database.cannot_use(error) from None
    finally:
        await database.close()
    return before, newest_revision()
