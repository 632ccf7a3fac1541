"""Buttons where the platform has none: the customer answers with a number."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from xiaoer.channels.storage import Store

LIFE_SECONDS = 86_400.0

_NUMBER = re.compile(r"^\s*[(（]?\s*(\d{1,2})\s*[)）.、。]?\s*$")


class Choices:
    """What the numbers mean that a customer was last offered.

    An offer holds for the customer's next message; the caller clears it when that is answered, so
    that a number which is said later, say how many to buy, is not taken for a choice.
    """

    def __init__(self, store: Store, channel: str) -> None:
        self._store = store
        self._channel = channel

    async def offer(self, customer: str, buttons: Iterable[dict[str, Any]]) -> None:
        """Remember buttons (`title`, `payload`) under the numbers 1, 2, …"""
        listed = [{"title": button["title"], "payload": button["payload"]} for button in buttons]
        await self._store.set(self._key(customer), json.dumps(listed), LIFE_SECONDS)

    async def chosen(self, customer: str, text: str) -> str | None:
        """Return the payload that a text stands for: the number of a button, or its title."""
        kept = await self._store.get(self._key(customer))
        if kept is None:
            return None
        buttons = json.loads(kept)
        said = unicodedata.normalize("NFKC", text).strip()
        number = _NUMBER.match(said)
        if number and 1 <= int(number[1]) <= len(buttons):
            return str(buttons[int(number[1]) - 1]["payload"])
        for button in buttons:
            if said.casefold() == unicodedata.normalize("NFKC", button["title"]).casefold():
                return str(button["payload"])
        return None

    async def clear(self, customer: str) -> None:
        """Forget what was offered."""
        await self._store.delete(self._key(customer))

    def _key(self, customer: str) -> str:
        return f"{self._channel}:choices:{customer}"


def numbered(buttons: Iterable[dict[str, Any]]) -> str:
    """Return the lines `1. title`, one a button."""
    return "\n".join(f"{number}. {button['title']}" for number, button in enumerate(buttons, 1))
