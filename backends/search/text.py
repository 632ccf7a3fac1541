"""What the search sees of a text: one form of each character, runs of Chinese, Latin words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
_CJK = "\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(rf"[{_CJK}]+|[a-z0-9]+(?:'[a-z]+)?(?:\.[0-9]+)?")
_CHINESE = re.compile(f"[{_CJK}]")


@dataclass(frozen=True)
class Run:
    """A row of Chinese characters, or a Latin word or number, with its place in the text."""

    text: str
    start: int
    chinese: bool


def normalise(text: str) -> str:
    """Full width to half width, capitals to small letters, nothing invisible, single spaces."""
    folded = unicodedata.normalize("NFKC", text).lower()
    # Accents of Latin letters are dropped ("café"); they combine with nothing that Chinese uses.
    plain = unicodedata.normalize("NFKD", folded) if not folded.isascii() else folded
    kept = (
        " " if character.isspace() else character
        for character in plain
        if not unicodedata.combining(character)
        and (character.isspace() or unicodedata.category(character) not in _UNSEEN)
    )
    return " ".join("".join(kept).replace("\u2019", "'").split())


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of a normalised text; anything else (emoji, other scripts) is left out."""
    for match in _RUN.finditer(text):
        yield Run(match.group(), match.start(), bool(_CHINESE.match(match.group())))


def is_chinese(text: str) -> bool:
    """Whether a text has any Chinese character."""
    return bool(_CHINESE.search(text))


def stem(word: str) -> str:
    """Fold the English plural, and nothing else: ``shoes`` and ``shoe`` are one word."""
    word = word.removesuffix("'s")
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if word.endswith("ves") and len(word) > 4:
        return word[:-3] + "f"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def ngrams(text: str, size: int) -> list[str]:
    """Return the rows of ``size`` characters of a text, or the text itself when it is shorter."""
    if len(text) <= size:
        return [text]
    return [text[at : at + size] for at in range(len(text) - size + 1)]
