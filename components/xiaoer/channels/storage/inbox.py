"""Accepted messages: none is lost over a crash, none is handled twice."""

from __future__ import annotations

import json
import time
import uuid

from xiaoer.channels.storage.store import Store


class Inbox:
    """The messages that a channel has accepted, by the platform's key.

    A message is open from `accept` to `finish`. Open messages belong to the inbox that accepted
    them, as long as it shows that it lives: each `accept` and `abandoned` does, so call
    `abandoned` more often than every `lease_seconds`. What belongs to an inbox that has gone
    quiet (its process crashed, or was closed) is given to the first that asks.

    Args:
        store: Where messages are kept; shared by all workers of the channel.
        channel: The channel's name.
        keep_seconds: How long a message is known, so that a repeat is noticed.
        lease_seconds: How long an inbox may be quiet before its open messages are abandoned.
    """

    def __init__(
        self,
        store: Store,
        channel: str,
        keep_seconds: float = 3 * 86400,
        lease_seconds: float = 60,
    ) -> None:
        self._store = store
        self._prefix = f"inbox:{channel}:"
        self._keep = keep_seconds
        self._lease = lease_seconds
        self._owner = uuid.uuid4().hex
        self._shown = -lease_seconds

    async def accept(self, key: str, payload: str) -> bool:
        """Take a message in.

        Returns:
            True when it is new, and now ours to handle; False when it was seen before.
        """
        await self._show_life(self._lease / 3)
        entry = json.dumps([time.time(), self._owner, payload])
        # Open comes first: a crash between the two leaves a message that is taken up later.
        if not await self._store.add(self._open(key), entry, self._keep):
            return False
        if await self._store.add(self._seen(key), "", self._keep):
            return True
        await self._store.delete(self._open(key))
        return False

    async def finish(self, key: str, outcome: str = "") -> None:
        """Note that a message has been handled, and what a repeat is to be answered."""
        await self._store.set(self._seen(key), "=" + outcome, self._keep)
        await self._store.delete(self._open(key))

    async def outcome(self, key: str) -> str | None:
        """Return the outcome; None while the message is unfinished, or unknown."""
        value = await self._store.get(self._seen(key))
        return value[1:] if value else None

    async def abandoned(self) -> list[tuple[str, str]]:
        """Return (key, payload) of open messages whose owner is gone, oldest first.

        They are ours from now on.
        """
        await self._show_life(0)
        found = []
        for name in await self._store.keys(self._prefix + "open:"):
            key = name.removeprefix(self._prefix + "open:")
            entry = await self._store.get(name)
            if entry is None:
                continue
            accepted, owner, payload = json.loads(entry)
            if owner == self._owner or await self._store.get(self._alive(owner)) is not None:
                continue
            if not await self._store.add(f"{self._prefix}claim:{owner}:{key}", "", self._lease):
                continue
            if await self.outcome(key) is not None:
                await self._store.delete(name)
                continue
            entry = json.dumps([accepted, self._owner, payload])
            await self._store.set(name, entry, self._keep)
            await self._store.add(self._seen(key), "", self._keep)
            found.append((accepted, key, payload))
        return [(key, payload) for _, key, payload in sorted(found)]

    async def close(self) -> None:
        """Give up what is open, so that another inbox need not wait for it."""
        await self._store.delete(self._alive(self._owner))

    async def _show_life(self, every: float) -> None:
        if time.monotonic() - self._shown >= every:
            self._shown = time.monotonic()
            await self._store.set(self._alive(self._owner), "", self._lease)

    def _open(self, key: str) -> str:
        return f"{self._prefix}open:{key}"

    def _seen(self, key: str) -> str:
        return f"{self._prefix}seen:{key}"

    def _alive(self, owner: str) -> str:
        return f"{self._prefix}alive:{owner}"
