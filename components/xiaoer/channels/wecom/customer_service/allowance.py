"""Five messages for each that the customer writes, and what has to wait for the next.

Source: https://developer.work.weixin.qq.com/document/path/94677
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from xiaoer.channels.storage import Store
from xiaoer.channels.wecom.customer_service.composing import merged, text_limit, text_message
from xiaoer.channels.wecom.texts import Texts

MESSAGES = 5
WINDOW_SECONDS = 48 * 3600.0


class Allowance:
    """Counts what a customer was sent, and keeps what they could not be."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def renew(self, account: str, customer: str) -> None:
        """Count from nothing: the customer has written."""
        await self._store.delete(self._count_key(account, customer))

    async def left(self, account: str, customer: str) -> int:
        """Return how many messages may still be sent."""
        sent = int(await self._store.get(self._count_key(account, customer)) or 0)
        return max(MESSAGES - sent, 0)

    async def use(self, account: str, customer: str) -> None:
        """Count a message."""
        await self._store.increment(self._count_key(account, customer), WINDOW_SECONDS)

    async def held(self, account: str, customer: str) -> list[dict[str, Any]]:
        """Return the messages that wait for the customer."""
        kept = await self._store.get(self._held_key(account, customer))
        return list(json.loads(kept)) if kept else []

    async def hold(self, account: str, customer: str, messages: list[dict[str, Any]]) -> None:
        """Let exactly these messages wait, for as long as the customer may be written to."""
        key = self._held_key(account, customer)
        if messages:
            await self._store.set(key, json.dumps(messages), WINDOW_SECONDS)
        else:
            await self._store.delete(key)

    def _count_key(self, account: str, customer: str) -> str:
        return f"wecom_kf:sent:{account}:{customer}"

    def _held_key(self, account: str, customer: str) -> str:
        return f"wecom_kf:held:{account}:{customer}"


def portion(
    steps: Iterable[dict[str, Any]], left: int, texts: Texts
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the steps for now and the messages for later.

    Moves of the session are for now and use nothing up.

    Args:
        steps: Of a turn, those that waited first.
        left: How many messages may be sent.
        texts: The channel's own; the last message ends with `more` when others wait.
    """
    now: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for step in merged(steps, text_limit(texts)):
        if "msgtype" not in step or sum("msgtype" in each for each in now) < left:
            now.append(step)
        else:
            later.append(step)
    last = next((i for i in reversed(range(len(now))) if "msgtype" in now[i]), None)
    if later and last is not None:
        now[last] = _with_more(now[last], texts)
    return now, later


def _with_more(message: dict[str, Any], texts: Texts) -> dict[str, Any]:
    """Return a message that ends with `more`, where it has room for that."""
    if message["msgtype"] == "msgmenu":
        menu = message["msgmenu"]
        more = texts.get("more", menu.get("head_content", ""))
        return {**message, "msgmenu": {**menu, "tail_content": more}}
    content = str(message.get("text", {}).get("content", ""))
    more = texts.get("more", content)
    if message["msgtype"] == "text" and len(content.encode()) <= text_limit(texts):
        return text_message(f"{content}\n{more}")
    return message
