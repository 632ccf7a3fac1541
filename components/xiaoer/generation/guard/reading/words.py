"""Units of content: stems of English words and pairs of Chinese characters."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from xiaoer.generation.guard.lexicons import Patterns, lexicon

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
#: A word in Latin letters, or a run of Chinese characters.
PIECES = re.compile(rf"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:'[a-z]+)?|[{_HAN}]+")
_SUFFIXES = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ables",
    "able",
    "ings",
    "ing",
    "edly",
    "ed",
    "ers",
    "er",
    "ly",
    "y",
    "e",
)


@cache
def function_words() -> frozenset[str]:
    """Return the English function words, in small letters."""
    return frozenset(lexicon("words.yml")["function_words"]["en"].split())


@cache
def _function_characters() -> re.Pattern[str]:
    characters = lexicon("words.yml")["function_words"]["zh"]
    return re.compile(f"[{re.escape(characters)}]+")


@cache
def _polite() -> Patterns:
    return Patterns(lexicon("words.yml")["polite"], "words.yml")


def without_politeness(text: str) -> str:
    """Return `text` with polite phrases blanked out, each character by one."""
    return _polite().blank(text)


def content_units(text: str) -> Iterator[tuple[str, int]]:
    """Yield the units of content in `text` and where each begins.

    A run of Chinese characters between function words gives its pairs of neighbours, or itself
    when it is one character; a Latin word that is no function word gives its stem.
    """
    for match in PIECES.finditer(text):
        piece = match.group()
        if piece[0] < "\u3400":
            if piece.lower() not in function_words():
                yield stem(piece), match.start()
            continue
        start = match.start()
        for run in (
            _function_characters().sub(lambda found: " " * len(found.group()), piece).split(" ")
        ):
            if run:
                yield from _pairs(run, start)
            start += len(run) + 1


def _pairs(run: str, start: int) -> Iterator[tuple[str, int]]:
    if len(run) == 1:
        yield run, start
    for place in range(len(run) - 1):
        yield run[place : place + 2], start + place


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return what the forms of an English word have in common: ship for shipping and shipped."""
    word = word.lower().removesuffix("'s")
    if len(word) < 4:
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    while (shorter := _without_suffix(word)) != word:
        word = shorter
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word.removesuffix("ll") + "l" if word.endswith("ll") else word


def _without_suffix(word: str) -> str:
    for suffix in _SUFFIXES:
        rest = word[: -len(suffix)]
        if word.endswith(suffix) and len(rest) >= 3 and re.search("[aeiouy]", rest):
            return rest
    return word
