"""Old and replayed requests."""

from __future__ import annotations

import hashlib
import re
import time

from xiaoer.channels.storage import Store
from xiaoer.channels.tencent.errors import RefusedRequest

#: Seconds that a timestamp may lie in the past, or by the platform's clock in the future.
WINDOW = 300


class ReplayGuard:
    """Refuses requests that are older than five minutes, or whose nonce was used before.

    The platforms do not say whether a repeated delivery of one message carries the same nonce.
    So a nonce belongs to the message it came with: a repeat of that message passes (and is known
    as a repeat by the inbox), another message with that nonce does not.

    Args:
        store: Where nonces are kept.
        channel: The channel's name.
    """

    def __init__(self, store: Store, channel: str) -> None:
        self._store = store
        self._channel = channel

    async def check(self, timestamp: str, nonce: str, message: str = "") -> None:
        """Let a request pass whose signature has been verified.

        Args:
            timestamp: Seconds since 1970, as signed.
            nonce: As signed.
            message: What tells the message from others, such as its id; without it no repeat
                passes.

        Raises:
            RefusedRequest: The timestamp is too far from now, or the nonce was used.
        """
        if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > WINDOW:
            raise RefusedRequest("The timestamp is missing or more than five minutes from now.")
        if not nonce:
            raise RefusedRequest("The nonce is missing.")
        digest = hashlib.sha256(f"{timestamp}\n{nonce}".encode("utf-8", "surrogatepass"))
        key = f"nonce:{self._channel}:{digest.hexdigest()}"
        # Twice the window: a timestamp from the future is valid that long.
        if await self._store.add(key, message, 2 * WINDOW):
            return
        if not message or await self._store.get(key) != message:
            raise RefusedRequest("The nonce was used before.")
