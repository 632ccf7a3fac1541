"""Answers that wait for the customer's next message."""

from __future__ import annotations

from xiaoer.channels.storage import Store
from xiaoer.channels.wechat.parts import Part, from_json, to_json


class KeptAnswers:
    """Keeps what could not be sent, by customer.

    Args:
        store: Where it is kept.
        seconds: How long.
    """

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds

    async def keep(self, sender: str, parts: list[Part]) -> None:
        """Keep the parts behind what is kept already."""
        if parts:
            await self._store.append(f"kept:wechat:{sender}", to_json(parts), self._seconds)

    async def take(self, sender: str, key: str, again: bool) -> list[Part]:
        """Return all that is kept, for the answer to the message `key`.

        Args:
            sender: The customer's openid.
            key: The message's key.
            again: Whether it may have been called for this message before; then what it returned
                is returned once more, for the server may have crashed in between.
        """
        carried = f"carried:wechat:{key}"
        taken = await self._store.take(f"kept:wechat:{sender}")
        parts = [part for text in taken for part in from_json(text)]
        before = await self._store.get(carried) if again else None
        if before is not None:
            parts = from_json(before) + parts
        if parts:
            await self._store.set(carried, to_json(parts), self._seconds)
        return parts

    async def offer(self, sender: str, key: str) -> None:
        """Note that the customer was told to reply with anything."""
        await self._store.set(f"offered:wechat:{sender}", key, self._seconds)

    async def offered(self, sender: str) -> str | None:
        """Return the key of the message after which the customer was told so."""
        return await self._store.get(f"offered:wechat:{sender}")

    async def withdraw(self, sender: str) -> None:
        """Note that the customer has replied."""
        await self._store.delete(f"offered:wechat:{sender}")
