"""How many customer-service messages the platform still lets us send to a customer."""

from __future__ import annotations

import uuid

from xiaoer.channels.storage import Store
from xiaoer.channels.wechat.incoming import Incoming
from xiaoer.channels.wechat.settings import WeChatSettings


class Quota:
    """Counts customer-service messages as the platform does, so that none is sent in vain.

    A message of the customer opens 48 hours with 5 messages; a menu click, a follow or a scan one
    minute with 3. Each of them opens its window anew.

    Args:
        store: Where windows and counts are kept.
        settings: The numbers, which differ between accounts.

    Source: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
    """

    def __init__(self, store: Store, settings: WeChatSettings) -> None:
        self._store = store
        self._windows = {
            "message": (settings.message_quota, settings.message_quota_seconds),
            "event": (settings.event_quota, settings.event_quota_seconds),
        }

    async def open(self, incoming: Incoming) -> None:
        """Open the window that this message opens, if it opens one."""
        if incoming.opens:
            _, seconds = self._windows[incoming.opens]
            key = self._window(incoming.opens, incoming.sender)
            await self._store.set(key, uuid.uuid4().hex, seconds)

    async def close(self, sender: str) -> None:
        """Close the windows: the platform says that they are spent, or the customer left."""
        for kind in self._windows:
            await self._store.delete(self._window(kind, sender))

    async def left(self, sender: str) -> int:
        """Return how many messages may still be sent."""
        left = 0
        for kind, (limit, _) in self._windows.items():
            window = await self._store.get(self._window(kind, sender))
            if window is not None:
                spent = int(await self._store.get(f"spent:{window}") or 0)
                left += max(0, limit - spent)
        return left

    async def spend(self, sender: str) -> bool:
        """Take one message from the quota; False when none is left."""
        for kind, (limit, seconds) in self._windows.items():
            window = await self._store.get(self._window(kind, sender))
            if window is None:
                continue
            if await self._store.increment(f"spent:{window}", seconds) <= limit:
                return True
        return False

    @staticmethod
    def _window(kind: str, sender: str) -> str:
        return f"quota:wechat:{kind}:{sender}"
