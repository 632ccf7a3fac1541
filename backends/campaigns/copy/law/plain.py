"""A text in one way of writing, so that a word cannot hide behind another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# Invisible characters, and what makes an emoji of a digit.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20e3\ufe0e\ufe0f\ufeff]"
)
_HAN = "\u3400-\u9fff"
# What is put between characters to part a word; a comma or a full stop ends one.
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[\s.·•・‧_*|/\\~^+=\-–—`'\"]{{1,3}}(?=[{_HAN}])")
_SPELT = re.compile(r"(?<![a-z0-9])[a-z0-9](?:([\s.·_*|\-])[a-z0-9](?:\1[a-z0-9])+)(?![a-z0-9])")
# 第1 is 第一, TOP１ is top1.
_FIRST = re.compile(r"第\s*1(?![0-9])")


@dataclass(frozen=True)
class Plain:
    """A text in small, half-width, simplified characters without what parts words.

    Attributes:
        text: the text.
        places: of each of its characters, where it stood in the original.
        original: the original.
    """

    text: str
    places: tuple[int, ...]
    original: str

    def piece(self, start: int, end: int) -> str:
        """What stood in the original there."""
        return self.original[self.places[start] : self.places[end - 1] + 1]


def plain(text: str, same: Mapping[str, str]) -> Plain:
    """Return a text in one way of writing.

    Args:
        text: any text.
        same: what stands for another character: traditional for simplified, Cyrillic for Latin.
    """
    made: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if _INVISIBLE.match(character):
            continue
        for part in unicodedata.normalize("NFKD", character):
            if unicodedata.combining(part):
                continue
            for each in unicodedata.normalize("NFKC", same.get(part, part)).lower():
                made.append(same.get(each, each))
                places.append(place)
    joined = "".join(made)
    for pattern, kept in ((_BETWEEN_HAN, ""), (_FIRST, "第一")):
        joined, places = _replaced(pattern, kept, joined, places)
    joined, places = _joined_letters(joined, places)
    return Plain(joined, tuple(places), text)


def _replaced(
    pattern: re.Pattern[str], by: str, text: str, places: list[int]
) -> tuple[str, list[int]]:
    made, kept, last = "", [], 0
    for match in pattern.finditer(text):
        made += text[last : match.start()] + by
        kept += places[last : match.start()]
        # The new characters stand for the whole of the old.
        kept += [places[match.start()], places[match.end() - 1]][: len(by)]
        last = match.end()
    return made + text[last:], kept + places[last:]


def _joined_letters(text: str, places: list[int]) -> tuple[str, list[int]]:
    """b e s t, b.e.s.t and n-o-1 in one word."""
    made, kept, last = "", [], 0
    for match in _SPELT.finditer(text):
        made += text[last : match.start()]
        kept += places[last : match.start()]
        for at in range(match.start(), match.end()):
            if text[at].isalnum():
                made += text[at]
                kept.append(places[at])
        last = match.end()
    return made + text[last:], kept + places[last:]
