"""One customer's messages one after the other, in the order they came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """A queue for each customer.

    Among several Rasa servers Rasa's own lock store keeps the order.
    """

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def take(self, sender: str) -> AsyncIterator[None]:
        """Wait for the customer's earlier messages, and hold back later ones."""
        lock, waiting = self._locks.get(sender) or (asyncio.Lock(), 0)
        self._locks[sender] = (lock, waiting + 1)
        try:
            # asyncio's lock lets in whoever came first.
            async with lock:
                yield
        finally:
            _, waiting = self._locks[sender]
            if waiting == 1:
                del self._locks[sender]
            else:
                self._locks[sender] = (lock, waiting - 1)
