"""Texts as they are read: half-width, and without what cannot be seen."""

import re
import unicodedata
from collections.abc import Sequence

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
# What is neither ASCII, nor Chinese, nor common punctuation may be another form of a digit.
_UNUSUAL = re.compile(
    "[^\x00-\x7f\xa5\xb0\xd7\u2010-\u201f\u3001-\u3011\u4e00-\u9fff\uff0c\uff1a\uff1b\uff1f\uff01\ufffc]"
)


def plain(text: str) -> tuple[str, Sequence[int]]:
    """Return `text` half-width and without what cannot be seen, and where each character stood."""
    if not _UNUSUAL.search(text):
        return text, range(len(text))
    seen = [(place, each) for place, each in enumerate(text) if not _INVISIBLE.match(each)]
    return "".join(_half_width(each) for _, each in seen), [place for place, _ in seen]


def _half_width(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character
