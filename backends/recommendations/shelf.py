"""What is on sale at this moment, read once for all who ask at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from backends.catalog.service import Catalog
from backends.catalog.snapshot import Snapshot, read_stock
from backends.db import Database


@dataclass(frozen=True)
class Shelf:
    """The catalogue and the pieces in stock by product id."""

    snapshot: Snapshot
    stock: Mapping[str, int]


class ShelfReader:
    """Reads the shelf; requests that come while it is being read share the reading.

    Args:
        database, catalog: of this server.
    """

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self._database = database
        self._catalog = catalog
        self._reading: asyncio.Task[Shelf] | None = None

    async def read(self) -> Shelf:
        """Return the shelf as it is now."""
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
            self._reading.add_done_callback(self._done)
        # Who asked first may go away; the others still wait for the answer.
        return await asyncio.shield(self._reading)

    async def _read(self) -> Shelf:
        async with self._database.read() as session:
            return Shelf(await self._catalog.snapshot(session), await read_stock(session))

    def _done(self, task: asyncio.Task[Shelf]) -> None:
        self._reading = None
        if not task.cancelled():
            # Seen, also when everybody who asked has gone.
            task.exception()
