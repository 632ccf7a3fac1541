"""What the interactions of all customers say, kept for a minute so that requests need not count."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import now
from backends.recommendations import history
from backends.recommendations.history import Pair

Value = TypeVar("Value")

_SECONDS = 60.0
_MOST = 20_000


class Counts:
    """Counts over all customers, each as old as a minute at most; one for each server process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    async def bought_together(self, session: AsyncSession, product: str) -> list[Pair]:
        """Return what was bought together with a product more often than by chance."""
        return await self._kept_or(
            ("bought", product), lambda: history.bought_together(session, product)
        )

    async def viewed_together(self, session: AsyncSession, product: str) -> list[Pair]:
        """Return what those who viewed a product viewed too, more often than by chance."""
        return await self._kept_or(
            ("viewed", product), lambda: history.viewed_together(session, product)
        )

    async def sold(self, session: AsyncSession) -> dict[str, int]:
        """Return how often each product was bought lately."""
        return await self._kept_or("sold", lambda: history.purchases(session, now()))

    async def _kept_or(self, key: Hashable, count: Callable[[], Awaitable[Value]]) -> Value:
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() - kept[0] < _SECONDS:
            return kept[1]
        value = await count()
        self._kept[key] = (time.monotonic(), value)
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return value
