"""A fact that the shopkeeper vouches for and the catalogue denies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backends.campaigns.copy.facts import WareFacts
from backends.campaigns.copy.lies.lie import Asked, Check, Lie
from backends.campaigns.copy.writing.likeness import pairs
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.quantities import MONEY
from xiaoer.generation.guard.reading.reading import Reading, read, read_all

#: What part of a value must stand in the catalogue's.
_SAME = 0.5
#: What of a bare count is no word to count with.
_UNIT = re.compile(r"[\d.,\s一二两三四五六七八九十百千万]+")
_PIECES = re.compile(r"[，。；！？,;!?\n]|\.\s")


class Contradiction(Check):
    """No number is said of a thing of which the catalogue gives another, and no other attribute."""

    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Compare each vouched sentence with what the catalogue says of the products."""
        known = read_all(asked.known.evidence)
        for field in ("facts", "points"):
            for text in getattr(asked.brief, field):
                for piece in filter(None, map(str.strip, _PIECES.split(text))):
                    true = _number(read(piece), known) or next(
                        filter(None, (_attribute(piece, one) for one in asked.known.products)), None
                    )
                    if true:
                        yield Lie("contradicts", field, f"{piece} ≠ {true}")


def _number(said: Reading, known: list[Reading]) -> str | None:
    """Return the catalogue's words where they give another number of the same thing."""
    values = {(fact.kind, fact.value) for each in known for fact in each.facts}
    content = {unit for sentence in said.sentences for unit in sentence.content}
    for fact in said.facts:
        if fact.kind.startswith(MONEY) or (fact.kind, fact.value) in values:
            continue
        for each in known:
            for piece in filter(None, _PIECES.split(each.text)):
                other = read(piece)
                about = {unit for sentence in other.sentences for unit in sentence.content}
                if content & about and any(_comparable(one, fact) for one in other.facts):
                    return piece.strip()
    return None


def _comparable(one: Fact, other: Fact) -> bool:
    """Whether two numbers measure the same; bare counts do if they count with the same word."""
    if one.kind != other.kind:
        return False
    units = {_UNIT.sub("", fact.text) for fact in (one, other)}
    return bool(one.kind) or (len(units) == 1 and units != {""})


def _attribute(piece: str, product: WareFacts) -> str | None:
    """Return an attribute that a piece gives another value."""
    for label, value in product.attributes.values():
        match = re.search(
            rf"{re.escape(label)}\s*(?:[:：是为]|is|are)\s*(.+)", piece, re.IGNORECASE
        )
        said = pairs(match[1]) if match else frozenset()
        if said and len(said & pairs(value)) < _SAME * len(said):
            return f"{label}: {value}"
    return None
