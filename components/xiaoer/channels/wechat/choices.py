"""Which payload a customer's choice stands for."""

from __future__ import annotations

import json
import re
import unicodedata

from xiaoer.channels.storage import Store

Button = tuple[str, str]


class ChoiceBook:
    """Remembers the choices that a customer was last given.

    Only payloads that stand here, because the assistant issued them, reach Rasa as they are.

    Args:
        store: Where they are kept.
        channel: The channel's name.
        seconds: How long a choice is good.
    """

    def __init__(self, store: Store, channel: str, seconds: float) -> None:
        self._store = store
        self._prefix = f"choices:{channel}:"
        self._seconds = seconds

    async def remember(self, sender: str, group: str, buttons: list[Button]) -> None:
        """Keep (title, payload) of each choice, in order; earlier ones are forgotten."""
        value = json.dumps([group, buttons], ensure_ascii=False)
        await self._store.set(self._prefix + sender, value, self._seconds)

    async def forget(self, sender: str) -> None:
        """Forget the choices: a number is a number again."""
        await self._store.delete(self._prefix + sender)

    async def buttons(self, sender: str) -> tuple[str, list[Button]]:
        """Return the group and its (title, payload); empty when there are none."""
        value = await self._store.get(self._prefix + sender)
        if value is None:
            return "", []
        group, buttons = json.loads(value)
        return group, [(title, payload) for title, payload in buttons]


def chosen(group: str, buttons: list[Button], said: str, menu_id: str | None = None) -> str | None:
    """Return the payload that a reply picks, None when it picks nothing.

    Args:
        group: What tells these choices from earlier ones.
        buttons: (title, payload) of each choice.
        said: The customer's words: a number (also full-width or circled), or a title.
        menu_id: The id of a clicked menu message, `<group>-<number>`.
    """
    if menu_id is not None:
        of, _, number = menu_id.rpartition("-")
        return _nth(buttons, number) if of == group else None
    folded = unicodedata.normalize("NFKC", said).strip()
    by_number = re.fullmatch(r"[\[(]?([0-9]{1,3})[\])]?[.、。号:]?", folded)
    if by_number:
        return _nth(buttons, by_number[1])
    for title, payload in buttons:
        if title.strip().casefold() == said.strip().casefold():
            return payload
    return None


def _nth(buttons: list[Button], number: str) -> str | None:
    if not re.fullmatch("[0-9]{1,3}", number) or not 1 <= int(number) <= len(buttons):
        return None
    return buttons[int(number) - 1][1]
