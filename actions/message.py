"""The customer's latest message, as actions ask about it."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mention:
    """An entity where it stands in the message.

    Attributes:
        value: Its value, after synonyms.
        text: What the customer wrote.
        start, end: Its place in the text as it came; both 0 when that is not known.
    """

    value: str
    text: str
    start: int
    end: int

    def overlaps(self, other: "Mention") -> bool:
        """Whether both stand on the same characters."""
        return self.start < other.end and other.start < self.end


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

    def words_without(self, mentions: Iterable[Mention]) -> str:
        """Return `words` without the places of some entities."""
        if self.is_payload:
            return ""
        kept = list(self.raw)
        for mention in mentions:
            kept[mention.start : mention.end] = " " * (mention.end - mention.start)
        return plain("".join(kept))

    def mentions(self, *entities: str) -> list[Mention]:
        """Return the entities of these names that have a value, in order."""
        return [
            self._mention(each)
            for each in self._entities
            if each.get("entity") in entities and each.get("value") not in (None, "")
        ]

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

    def _mention(self, entity: Mapping[str, Any]) -> Mention:
        value = str(entity["value"])
        start, end = entity.get("start"), entity.get("end")
        if self.is_payload:
            return Mention(value, value, 0, 0)
        if not isinstance(start, int) or not isinstance(end, int):
            start = self.raw.find(value)
            start, end = (start, start + len(value)) if start >= 0 else (0, 0)
        return Mention(value, plain(self.raw[start:end]) or value, start, end)


def plain(text: str) -> str:
    """Return text on one line: control and invisible direction marks become spaces."""
    cleaned = "".join(
        " " if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character
        for character in text
    )
    return " ".join(cleaned.split())


def is_external(event: Mapping[str, Any]) -> bool:
    """Whether a program, and not the customer, made a user's event."""
    return bool((event.get("metadata") or {}).get("is_external"))
