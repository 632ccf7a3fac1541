"""The database: one declarative base, read and write transactions, and a check of its schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, MetaData, TypeDecorator, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import declarative_base
from sqlalchemy.pool import AsyncAdaptedQueuePool

from backends.errors import SetupError, is_unavailable
from backends.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"

# Constraints have names, without which a later migration could not drop them.
Base: Any = declarative_base(
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
)


def now() -> datetime:
    """The present moment, in UTC, to the second."""
    return datetime.now(timezone.utc).replace(microsecond=0)


class UtcDateTime(TypeDecorator):
    """A moment in time, always aware and in UTC; SQLite itself would lose the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Store in UTC; a moment without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give back an aware moment."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value


class Database:
    """An engine and the two kinds of transaction the services use.

    Args:
        url: an SQLAlchemy URL of an async driver (``sqlite+aiosqlite`` or ``postgresql+asyncpg``).
        wait_ms: how long to wait for a lock before giving up, in milliseconds.

    Raises:
        SetupError: the URL is not one of a supported database.
    """

    def __init__(self, url: str, wait_ms: int = 1500) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise SetupError("DATABASE_URL is not a database URL.") from None
        if parsed.drivername not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
            raise SetupError(
                "DATABASE_URL must start with sqlite+aiosqlite:// or postgresql+asyncpg://."
            )
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.shown_url = parsed.render_as_string(hide_password=True)
        options: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": not self.is_sqlite}
        if self.is_sqlite:
            if not parsed.database or parsed.database == ":memory:":
                raise SetupError("DATABASE_URL must name a file: a database in memory is lost.")
            self._make_folder(Path(parsed.database).parent)
            options.update(
                poolclass=AsyncAdaptedQueuePool, connect_args={"timeout": wait_ms / 1000}
            )
        else:
            options["connect_args"] = {
                "timeout": 2,
                "server_settings": {"lock_timeout": str(wait_ms)},
            }
        try:
            self.engine: AsyncEngine = create_async_engine(url, **options)
        except (ModuleNotFoundError, NoSuchModuleError):
            raise SetupError(
                "The driver for this DATABASE_URL is not installed: "
                "install the extra postgres (pip install 'xiaoer[postgres]')."
            ) from None
        if self.is_sqlite:
            _tune_sqlite(self.engine)
        self._reading = self.engine
        self._writing = self.engine.execution_options(xiaoer_write=True)

    @staticmethod
    def _make_folder(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(
                f"The folder {folder} of the database cannot be made ({error.strerror}): "
                "correct DATABASE_URL."
            ) from None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading; what it changes is not kept."""
        async with AsyncSession(self._reading, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed at the end, or none of them on an exception.

        On SQLite the transaction takes the write lock at once, so what it read cannot have changed
        under it by the time it writes.
        """
        async with (
            AsyncSession(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    async def revision(self) -> str | None:
        """The migration that the database stands at, or None when it has no schema.

        Raises:
            SetupError: the database cannot be reached or is locked.
        """

        def current(connection: Connection) -> str | None:
            return MigrationContext.configure(connection).get_current_revision()

        try:
            async with self.engine.connect() as connection:
                return await connection.run_sync(current)
        except (DBAPIError, OSError) as error:
            raise self.cannot_use(error) from None

    async def check_schema(self) -> None:
        """Refuse a database whose schema is not the one this code was written for.

        Raises:
            SetupError: it is empty, older or newer; the sentence says which command helps.
        """
        found, wanted = await self.revision(), newest_revision()
        if found is None:
            raise SetupError(
                "The shop's database is empty: run `python -m backends seed` first "
                "(or `python -m backends migrate` for an empty shop)."
            )
        refuse_newer(found)
        if found != wanted:
            raise SetupError(
                "The shop's database has an older schema: run `python -m backends migrate`."
            )

    def cannot_use(self, error: BaseException) -> SetupError:
        """A sentence for a database that does not answer."""
        if self.is_sqlite and "locked" in str(getattr(error, "orig", error)):
            return SetupError(
                "The shop's database is locked by another process: "
                "stop that process or try again when it has finished."
            )
        if is_unavailable(error) and not self.is_sqlite:
            return SetupError(
                f"The shop's database at {self.shown_url} cannot be reached: "
                "start it or correct DATABASE_URL."
            )
        return SetupError(
            f"The shop's database at {self.shown_url} cannot be used "
            f"({type(getattr(error, 'orig', error)).__name__}): correct DATABASE_URL."
        )

    async def scrub(self) -> None:
        """Take deleted rows out of SQLite's log too; its file holds none (``secure_delete``).

        The log can be cut only while nobody reads what it holds; it is cut later then, by the
        next scrubbing. PostgreSQL has vacuum for this, and runs it by itself.
        """
        if self.is_sqlite:
            async with self.engine.connect() as connection:
                # By the driver, since SQLAlchemy would begin a transaction.
                raw = await connection.get_raw_connection()
                await raw.driver_connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """The database that the settings name."""
    return Database(settings.database_url, settings.database_wait_ms)


@asynccontextmanager
async def checked_database(settings: Settings) -> AsyncIterator[Database]:
    """The database that the settings name, for one piece of work: checked, and closed at the end.

    Raises:
        SetupError: its schema is not the one this code was written for, or it cannot be used.
    """
    database = open_database(settings)
    try:
        await database.check_schema()
        yield database
    except (DBAPIError, OSError) as error:
        raise database.cannot_use(error) from None
    finally:
        await database.close()


def newest_revision() -> str:
    """The migration that this code was written for."""
    head = _scripts().get_current_head()
    if head is None:
        raise SetupError("The folder backends/migrations holds no migration.")
    return head


def refuse_newer(revision: str) -> None:
    """Refuse a revision that this code does not know.

    Raises:
        SetupError: there is no such migration here.
    """
    if revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise SetupError(
            "The shop's database has a newer schema than this version knows: "
            "update the project or use another DATABASE_URL."
        )


def _scripts() -> ScriptDirectory:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def _tune_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        # The driver would begin transactions only at the first write, too late for a safe read.
        connection.isolation_level = None
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.execute("PRAGMA foreign_keys=ON")
            # What is deleted is overwritten: an erased customer must not stay in the file.
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.close()
        except Exception:
            # Its thread would go on and keep the process from ending.
            connection.close()
            raise

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("xiaoer_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
