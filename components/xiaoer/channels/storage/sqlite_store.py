"""The store in an SQLite file, for the workers of one machine."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from xiaoer.channels.storage.store import Store, StoreError

Answer = TypeVar("Answer")

#: Seconds that a writer waits for another process's.
_BUSY = 5.0
#: Seconds between two sweeps of what has outlived its life.
_SWEEP = 30.0
_LAST = "\U0010ffff"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_expires ON entries (expires);
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, expires REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS items_key ON items (key);
CREATE INDEX IF NOT EXISTS items_expires ON items (expires);
"""


class SQLiteStore(Store):
    """Keeps entries in a file, which survives restarts; its mode is 600, for tokens lie in it.

    One thread does all the work, so the event loop never waits for the disk. A process that is
    killed loses nothing; a machine that loses power may lose the last moments (WAL,
    `synchronous=NORMAL`).

    Args:
        path: The file; it and its folder are made at the first use.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="channels-store")
        self._swept = 0.0

    async def add(self, key: str, value: str, seconds: float) -> bool:
        """Set the entry unless there is one; True when this call set it."""

        def work(connection: sqlite3.Connection) -> bool:
            now = time.time()
            statement = (
                "INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE "
                "SET value = excluded.value, expires = excluded.expires WHERE expires <= ?"
            )
            return connection.execute(statement, (key, value, now + seconds, now)).rowcount > 0

        return await self._run(work)

    async def get(self, key: str) -> str | None:
        """Return the entry's value, or None."""

        def work(connection: sqlite3.Connection) -> str | None:
            statement = "SELECT value FROM entries WHERE key = ? AND expires > ?"
            row = connection.execute(statement, (key, time.time())).fetchone()
            return row[0] if row else None

        return await self._run(work)

    async def set(self, key: str, value: str, seconds: float) -> None:
        """Set the entry, whether there is one or not."""

        def work(connection: sqlite3.Connection) -> None:
            row = (key, value, time.time() + seconds)
            connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", row)

        await self._run(work)

    async def delete(self, key: str) -> None:
        """Remove the entry or list, if there is one."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM entries WHERE key = ?", (key,))
            connection.execute("DELETE FROM items WHERE key = ?", (key,))

        await self._run(work)

    async def increment(self, key: str, seconds: float) -> int:
        """Count one up and return the count; the life starts at the first."""

        def work(connection: sqlite3.Connection) -> int:
            now = time.time()
            statement = (
                "INSERT INTO entries VALUES (?1, '1', ?2) ON CONFLICT (key) DO UPDATE SET "
                "value = CASE WHEN expires > ?3 THEN CAST(value AS INTEGER) + 1 ELSE 1 END, "
                "expires = CASE WHEN expires > ?3 THEN expires ELSE ?2 END RETURNING value"
            )
            return int(connection.execute(statement, (key, now + seconds, now)).fetchall()[0][0])

        return await self._run(work)

    async def append(self, key: str, value: str, seconds: float) -> None:
        """Put the value at the list's end; the whole list then lives `seconds` from now."""

        def work(connection: sqlite3.Connection) -> None:
            now = time.time()
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                connection.execute("DELETE FROM items WHERE key = ? AND expires <= ?", (key, now))
                row = (key, value, now + seconds)
                connection.execute("INSERT INTO items (key, value, expires) VALUES (?, ?, ?)", row)
                connection.execute(
                    "UPDATE items SET expires = ? WHERE key = ?", (now + seconds, key)
                )

        await self._run(work)

    async def take(self, key: str) -> list[str]:
        """Return the whole list, oldest first, and empty it."""

        def work(connection: sqlite3.Connection) -> list[str]:
            # A look first: most lists are empty, and reading waits for no writer.
            if not connection.execute("SELECT 1 FROM items WHERE key = ?", (key,)).fetchone():
                return []
            statement = "DELETE FROM items WHERE key = ? RETURNING id, value, expires"
            rows = sorted(connection.execute(statement, (key,)).fetchall())
            return [value for _, value, expires in rows if expires > time.time()]

        return await self._run(work)

    async def keys(self, prefix: str) -> list[str]:
        """Return the keys of entries and lists that begin with `prefix`, in order."""

        def work(connection: sqlite3.Connection) -> list[str]:
            statement = (
                "SELECT key FROM entries WHERE key >= ?1 AND key < ?2 AND expires > ?3 UNION "
                "SELECT key FROM items WHERE key >= ?1 AND key < ?2 AND expires > ?3 ORDER BY key"
            )
            given = (prefix, prefix + _LAST, time.time())
            return [row[0] for row in connection.execute(statement, given)]

        return await self._run(work)

    async def close(self) -> None:
        """Close the file."""

        def work() -> None:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

        await asyncio.get_running_loop().run_in_executor(self._thread, work)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Do the work in the store's thread.

        Raises:
            StoreError: The file cannot be used.
        """

        def guarded() -> Answer:
            try:
                connection = self._connected()
                answer = work(connection)
                self._sweep(connection)
                return answer
            except (sqlite3.Error, OSError) as error:
                raise StoreError(f"The channels' store '{self._path}' failed: {error}.") from None

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, guarded)
        except RuntimeError:
            raise StoreError(f"The channels' store '{self._path}' has been closed.") from None

    def _connected(self) -> sqlite3.Connection:
        """Return the connection, made here and not before: the workers of a server are forked."""
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(_SCHEMA)
            self._connection = connection
        return self._connection

    def _sweep(self, connection: sqlite3.Connection) -> None:
        """Now and then, delete what has outlived its life."""
        if time.monotonic() - self._swept < _SWEEP:
            return
        self._swept = time.monotonic()
        connection.execute("DELETE FROM entries WHERE expires <= ?", (time.time(),))
        connection.execute("DELETE FROM items WHERE expires <= ?", (time.time(),))
