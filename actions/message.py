"""The customer's latest message, as actions ask about it."""

import unicodedata
from collections.abc import Mapping
from typing import Any


class Message:
    """A read-only view of a tracker's `latest_message`."""

    def __init__(self, parsed: Mapping[str, Any] | None) -> None:
        parsed = parsed or {}
        self.raw = str(parsed.get("text") or "")
        intent = parsed.get("intent") or {}
        self.intent: str | None = intent.get("name")
        self.confidence = float(intent.get("confidence") or 0.0)
        self.ranking: list[dict[str, Any]] = list(parsed.get("intent_ranking") or [])
        self._entities: list[dict[str, Any]] = list(parsed.get("entities") or [])

    @property
    def is_payload(self) -> bool:
        """Whether it came from a button (`/intent{...}`), so that its text is no words."""
        return self.raw.startswith("/")

    @property
    def words(self) -> str:
        """What the customer wrote, without control characters; empty for a pressed button."""
        return "" if self.is_payload else plain(self.raw)

    def values(self, entity: str, role: str | None = None) -> list[str]:
        """Return the values of an entity with exactly that role, in order, each once."""
        found = (
            str(each["value"])
            for each in self._entities
            if each.get("entity") == entity
            and each.get("role") == role
            and each.get("value") not in (None, "")
        )
        return list(dict.fromkeys(found))

    def value(self, entity: str, role: str | None = None) -> str | None:
        """Return the first of `values`."""
        return next(iter(self.values(entity, role)), None)

    def has(self, *entities: str) -> bool:
        """Whether any of the entities is there, with any role."""
        return any(each.get("entity") in entities for each in self._entities)


def plain(text: str) -> str:
    """Return text on one line: control and invisible direction marks become spaces."""
    cleaned = "".join(
        " " if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character
        for character in text
    )
    return " ".join(cleaned.split())
