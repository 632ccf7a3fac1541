"""Which store a setting names."""

from __future__ import annotations

from pathlib import Path

from xiaoer.channels.storage.redis_store import RedisStore
from xiaoer.channels.storage.sqlite_store import SQLiteStore
from xiaoer.channels.storage.store import Store, StoreError

#: The file that is used when none is named, in the folder `rasa` runs in.
DEFAULT_PATH = ".xiaoer/channels.db"
_REDIS = ("redis://", "rediss://", "unix://")


def open_store(url: str | None) -> Store:
    """Return the store at `url`, which connects at its first use.

    Args:
        url: `redis://…` (also `rediss://`, `unix://`) for a Redis server; a path, or None for
            `.xiaoer/channels.db`, for an SQLite file that the workers of one machine share.

    Raises:
        StoreError: The URL cannot be used.
    """
    if url and url.startswith(_REDIS):
        return RedisStore(url)
    if url and "://" in url:
        raise StoreError(
            "The setting 'store' should be a path or begin with redis://, rediss:// or unix://."
        )
    return SQLiteStore(Path(url or DEFAULT_PATH))
