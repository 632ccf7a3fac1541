"""Messages that wait until a page says that it has them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from xiaoer.channels.storage import Store


class Outbox:
    """Keeps each message for a conversation until it is acknowledged.

    A page that is closed, reloading or without a network asks for what waits when it is back. A
    page knows a message by its `id` and shows a second copy of it no second time.

    Args:
        store: Where messages are kept.
        seconds: For how long.
        limit: How many for one conversation; the oldest go first.
    """

    def __init__(self, store: Store, seconds: float, limit: int) -> None:
        self._store = store
        self._seconds = seconds
        self._limit = limit

    async def keep(self, session: str, message: dict[str, Any]) -> None:
        """Keep a message.

        Raises:
            StoreError: It could not be kept.
        """
        count = await self._append(session, json.dumps(message, ensure_ascii=False))
        if count > self._limit:
            kept = await self._take(session)
            await self._put_back(session, kept[-self._limit :])

    async def pending(self, session: str) -> list[dict[str, Any]]:
        """Return what waits, oldest first; it goes on waiting."""
        kept = await self._take(session)
        await self._put_back(session, kept)
        messages: list[dict[str, Any]] = list(map(json.loads, kept))
        return sorted(messages, key=lambda message: message["at"])

    async def take(self, session: str) -> list[dict[str, Any]]:
        """Return what waits, oldest first, and keep it no longer."""
        messages: list[dict[str, Any]] = list(map(json.loads, await self._take(session)))
        return sorted(messages, key=lambda message: message["at"])

    async def acknowledge(self, session: str, ids: Iterable[str]) -> None:
        """Forget the messages that a page has."""
        known = set(ids)
        kept = await self._take(session)
        await self._put_back(session, [one for one in kept if json.loads(one)["id"] not in known])

    async def _append(self, session: str, message: str) -> int:
        await self._store.append(f"web:outbox:{session}", message, self._seconds)
        return await self._store.increment(f"web:waiting:{session}", self._seconds)

    async def _take(self, session: str) -> list[str]:
        kept = await self._store.take(f"web:outbox:{session}")
        if kept:
            await self._store.delete(f"web:waiting:{session}")
        return kept

    async def _put_back(self, session: str, messages: list[str]) -> None:
        for message in messages:
            await self._append(session, message)
