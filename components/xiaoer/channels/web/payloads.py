"""Which payloads a page was given."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable

from xiaoer.channels.storage import Store


class IssuedPayloads:
    """Remembers the payloads of the buttons that were sent to a conversation.

    A payload as `/cancel_order{"order": "7"}` is a command to Rasa. It is carried out when the
    assistant offered it in this conversation, and is mere text when a customer typed it.

    Args:
        store: Where they are kept.
        seconds: For how long a button can be pressed.
    """

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds

    async def remember(self, session: str, payloads: Iterable[str]) -> None:
        """Note what is offered in a conversation.

        Raises:
            StoreError: It could not be noted.
        """
        await asyncio.gather(
            *(self._store.set(self._key(session, one), "", self._seconds) for one in set(payloads))
        )

    async def issued(self, session: str, payload: str) -> bool:
        """Tell whether the payload was offered in this conversation."""
        return await self._store.get(self._key(session, payload)) is not None

    @staticmethod
    def _key(session: str, payload: str) -> str:
        digest = hashlib.sha256(payload.strip().encode("utf-8", "replace")).hexdigest()
        return f"web:payload:{session}:{digest}"
