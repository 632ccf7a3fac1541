"""Events in a SQLite file: the table of Rasa's SQLEventBroker and of `xiaoer.brokers.EventFile`."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from backends.insights.events.sources.source import Raw, SourceError

_WAIT_SECONDS = 5.0
Result = TypeVar("Result")


class SqliteFile:
    """A file as a queue: rows are deleted once they are done with, since they are not masked.

    A lock beside the file, which ends with its process, lets one process read at a time.

    Args:
        path: the file; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: FileLock | None = None

    @asynccontextmanager
    async def batch(self, most: int, seconds: float) -> AsyncIterator[list[Raw]]:
        """See `Source.batch`."""
        if not await asyncio.to_thread(self._acquire):
            await asyncio.sleep(seconds)
            yield []
            return
        try:
            rows = await asyncio.to_thread(self._used, lambda opened: _read(opened, most))
            if rows:
                yield [data for _, data in rows]
                await asyncio.to_thread(self._used, lambda opened: _delete(opened, rows[-1][0]))
        finally:
            await asyncio.to_thread(self._release)
        if not rows:
            await asyncio.sleep(seconds)
            yield []

    async def close(self) -> None:
        """See `Source.close`."""
        await asyncio.to_thread(self._release)

    def _acquire(self) -> bool:
        """Whether nobody else reads, and from now on nobody but us."""
        if not self._path.parent.is_dir():
            return False
        if self._lock is None:
            # Taken and released in whatever thread is free.
            self._lock = FileLock(f"{self._path}.lock", timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            return False
        except OSError as error:
            raise SourceError(
                f"The file {self._path}.lock cannot be used ({error.strerror})."
            ) from None
        return True

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release(force=True)

    def _used(self, use: Callable[[sqlite3.Connection], Result]) -> Result | list[Raw]:
        """What `use` gives of the opened file; nothing while there is none."""
        if not self._path.is_file():
            return []
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS)) as opened:
                opened.execute("PRAGMA secure_delete=ON")
                return use(opened)
        except sqlite3.Error as error:
            raise SourceError(f"The events in {self._path} cannot be read ({error}).") from None


def _read(opened: sqlite3.Connection, most: int) -> list[tuple[int, Raw]]:
    # As bytes: what is no UTF-8 is one bad event, not a file that cannot be read.
    opened.text_factory = bytes
    if not opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
        return []
    query = "SELECT id, data FROM events ORDER BY id LIMIT ?"
    return opened.execute(query, (most,)).fetchall()


def _delete(opened: sqlite3.Connection, last: int) -> None:
    """Delete all up to a row; rows that came meanwhile have greater ids."""
    with opened:
        opened.execute("DELETE FROM events WHERE id <= ?", (last,))
    # What is deleted stays in the log until it is cut.
    opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
