"""A variant, as it is written."""

from __future__ import annotations

from dataclasses import dataclass

#: Who filled a template, on each variant and on the page.
TEMPLATES = "templates"


@dataclass(frozen=True)
class Ground:
    """What a piece of a text rests on.

    Attributes:
        piece: the piece, as it stands in the text.
        fact: the fact, as a sentence.
        source: where the fact comes from.
    """

    piece: str
    fact: str
    source: str


@dataclass(frozen=True)
class Variant:
    """One text for a brief.

    Attributes:
        text: the copy.
        writer: ``templates``, or the name of the generator.
        template: the template's id, None where a model wrote.
        grounds: what its pieces rest on, in the order of the text.
    """

    text: str
    writer: str
    template: str | None
    grounds: tuple[Ground, ...]
