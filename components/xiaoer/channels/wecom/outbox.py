"""The messages of a turn, kept until each has been delivered."""

from __future__ import annotations

import json
from typing import Any

from xiaoer.channels.storage import Store

_LIFE_SECONDS = 3 * 86_400.0


class Outbox:
    """What the bot has said to a message, so that a crash neither loses nor repeats it.

    Once a turn is kept the bot is not asked again: whoever takes the message up after a crash
    goes on where the delivery stood.
    """

    def __init__(self, store: Store, channel: str) -> None:
        self._store = store
        self._channel = channel

    async def keep(self, key: str, turn: dict[str, Any]) -> None:
        """Keep the turn that answers the message `key`."""
        await self._store.set(self._key(key), json.dumps(turn), _LIFE_SECONDS)

    async def kept(self, key: str) -> dict[str, Any] | None:
        """Return the turn, None when the bot has not answered yet."""
        turn = await self._store.get(self._key(key))
        return None if turn is None else dict(json.loads(turn))

    async def delivered(self, key: str) -> int:
        """Return how many messages of the turn were delivered."""
        return int(await self._store.get(f"{self._key(key)}:delivered") or 0)

    async def note(self, key: str, count: int) -> None:
        """Note that `count` messages of the turn were delivered."""
        await self._store.set(f"{self._key(key)}:delivered", str(count), _LIFE_SECONDS)

    async def forget(self, key: str) -> None:
        """Forget a turn that is done with."""
        await self._store.delete(self._key(key))
        await self._store.delete(f"{self._key(key)}:delivered")

    def _key(self, key: str) -> str:
        return f"{self._channel}:turn:{key}"
