"""Cutting long texts where a reader would."""

import re
import unicodedata

_ENTITY_TAIL = re.compile(r"&[a-z]{0,4}$")
# In this order: a cut after a paragraph, a line, a sentence, a word.
_ENDS = ("\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", "；", "，", " ")
_JOINERS = {"\u200d", "\ufe0e", "\ufe0f"}


def split(text: str, limit: int) -> list[str]:
    """Return parts of at most `limit` characters which together are the text.

    No character is cut from the marks that belong to it, no escaped one (`&amp;`) is torn, and
    spaces between parts are left out. Text that is only spaces has no parts.
    """
    parts = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def shorten(text: str, limit: int) -> str:
    """Return the text, or its beginning with `…` for what is missing."""
    return text if len(text) <= limit else text[: _whole(text, limit - 1)].rstrip() + "…"


def _cut(text: str, limit: int) -> int:
    for end in _ENDS:
        found = text.rfind(end, limit // 2, limit)
        if found > 0:
            return found + len(end)
    return _whole(text, limit)


def _whole(text: str, cut: int) -> int:
    """Return the last place up to `cut` that tears nothing; where all do, one in no entity."""
    for tears in (_tears, _tears_entity):
        for place in range(cut, max(0, cut - 32), -1):
            if not tears(text, place):
                return place
    return cut


def _tears(text: str, place: int) -> bool:
    return _belongs(text, place) or _tears_entity(text, place)


def _tears_entity(text: str, place: int) -> bool:
    """Whether `place` is inside an escaped character."""
    entity = _ENTITY_TAIL.search(text, max(0, place - 5), place)
    return entity is not None and ";" in text[place : place + 5]


def _belongs(text: str, place: int) -> bool:
    """Whether the character at `place` is part of the one before it."""
    if not 0 < place < len(text):
        return False
    return (
        text[place] in _JOINERS
        or text[place - 1] == "\u200d"
        or unicodedata.combining(text[place]) > 0
        or "\U0001f3fb" <= text[place] <= "\U0001f3ff"
    )
