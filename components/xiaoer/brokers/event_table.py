"""The table `events` of Rasa's `SQLEventBroker`, in a SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

#: Sender and event as JSON.
Row = tuple[str, str]

_CREATE = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER NOT NULL PRIMARY KEY,
    sender_id VARCHAR(255),
    data TEXT
)
"""
_WAIT_SECONDS = 5.0
# Counting is for once in a while: it walks the whole table.
_COUNT_EVERY = 10_000


class EventTable:
    """Adds rows; opened at the first, by the thread that adds them.

    Args:
        path: The file; missing folders are made, and only the owner may read it.
        most: How many rows it may hold.
    """

    #: What `add` raises when the file cannot be written now.
    ERRORS = (sqlite3.Error, OSError)

    def __init__(self, path: Path, most: int) -> None:
        self._path = path
        self._most = most
        self._added = _COUNT_EVERY
        self._connection: sqlite3.Connection | None = None

    def add(self, rows: Sequence[Row]) -> int:
        """Add rows in one transaction; return how many old ones had to go.

        Raises:
            sqlite3.Error, OSError: Nothing was added.
        """
        connection = self._opened()
        try:
            with connection:
                connection.executemany("INSERT INTO events (sender_id, data) VALUES (?, ?)", rows)
                return self._make_room(connection, len(rows))
        except sqlite3.Error:
            # The file may have been moved away or replaced.
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _make_room(self, connection: sqlite3.Connection, added: int) -> int:
        self._added += added
        if self._added < min(_COUNT_EVERY, self._most):
            return 0
        self._added = 0
        (count,) = connection.execute("SELECT COUNT(*) FROM events").fetchone()
        if count <= self._most:
            return 0
        connection.execute(
            "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?)",
            (count - self._most,),
        )
        return int(count - self._most)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None or not self._path.exists():
            self.close()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite gives its log files the rights of the file.
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                # What was taken in is overwritten, for it was not masked.
                connection.execute("PRAGMA secure_delete=ON")
                with connection:
                    connection.execute(_CREATE)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection = connection
        return self._connection
