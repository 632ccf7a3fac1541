"""Finding words that advertising must not use, and leaving alone those that only look like them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backends.campaigns.copy.law.plain import Plain, plain


@dataclass(frozen=True)
class Claim:
    """A kind of words that are not allowed.

    Attributes:
        id: its name.
        law: the article, or the practice.
        reasons: why, by language.
        pattern: finds them.
        allowed: finds what is harmless; a find that overlaps one of these is none. None where
            nothing is.
    """

    id: str
    law: str
    reasons: Mapping[str, str]
    pattern: re.Pattern[str]
    allowed: re.Pattern[str] | None


@dataclass(frozen=True)
class Found:
    """A forbidden piece of a text.

    Attributes:
        claim: what it is.
        piece: as it is written in the text.
        start: where it begins in the text.
    """

    claim: Claim
    piece: str
    start: int


class Forbidden:
    """The list of `forbidden.yml`.

    Args:
        claims: the entries.
        same: characters that stand for others, see `backends.campaigns.copy.law.plain`.
    """

    def __init__(self, claims: Sequence[Claim], same: Mapping[str, str]) -> None:
        self.claims = tuple(claims)
        self._same = dict(same)
        # A product's facts come again with each variant.
        self.find = lru_cache(maxsize=4096)(self._find)

    def _find(self, text: str) -> tuple[Found, ...]:
        """Return the forbidden pieces of a text in order."""
        read = plain(text, self._same)
        found = [one for claim in self.claims for one in _finds(claim, read)]
        return tuple(sorted(found, key=lambda one: one.start))


def _finds(claim: Claim, read: Plain) -> list[Found]:
    spared = [m.span() for m in claim.allowed.finditer(read.text)] if claim.allowed else []
    return [
        Found(claim, read.piece(*match.span()), read.places[match.start()])
        for match in claim.pattern.finditer(read.text)
        if match.group()
        and not any(start < match.end() and match.start() < end for start, end in spared)
    ]
