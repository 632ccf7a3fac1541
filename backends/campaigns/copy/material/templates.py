"""Templates of copy: words of the shop's own around facts that are filled in.

A template's text has places such as ``{name}`` or ``{attr:battery_life}``; what stands in
``[[ … ]]`` is left out where one of its places cannot be filled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import Field, conlist, constr, validator

from backends.campaigns.copy.material.reading import Strict

#: What can be filled in; ``attr:KEY`` is the value of an attribute.
SLOTS = frozenset(
    [
        "name",
        "brand",
        "category",
        "summary",
        "detail",
        "detail2",
        "point",
        "point2",
        "price",
        "list_price",
        "saving",
        "offer",
        "final",
        "gift_for",
        "list",
    ]
)
_PART = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_SLOT = re.compile(r"\{([a-z_0-9]+(?::[a-z_0-9]+)?)\}")
_Id = constr(regex=r"^[a-z0-9][a-z0-9-]{1,59}$")


@dataclass(frozen=True)
class Part:
    """A stretch of a template that is filled or left out as a whole.

    Attributes:
        optional: whether it may be left out.
        pieces: words and places in turn; a place is ``(True, name)``, words are ``(False, text)``.
    """

    optional: bool
    pieces: tuple[tuple[bool, str], ...]

    @property
    def slots(self) -> frozenset[str]:
        """The places."""
        return frozenset(name for is_slot, name in self.pieces if is_slot)


class Template(Strict):
    """One template.

    Attributes:
        id: its name.
        tones: the tones it is for; none named is any.
        categories: categories of products it suits; none named is any.
        channels: channels it suits; none named is any.
        audiences: segments it speaks to; none named is any.
        many: whether it lists several products.
        text: see the module.
    """

    id: _Id  # type: ignore[valid-type]
    tones: list[str] = Field([])
    categories: list[str] = Field([])
    channels: list[str] = Field([])
    audiences: list[str] = Field([])
    many: bool = False
    text: constr(min_length=4, max_length=1000, strip_whitespace=True)  # type: ignore[valid-type]

    @validator("text")
    def _places(cls, text: str, values: dict[str, Any]) -> str:
        parts = parse(text)
        slots = frozenset().union(*(part.slots for part in parts))
        for name in sorted(slots):
            if name not in SLOTS and not name.startswith("attr:"):
                raise ValueError(f"there is no place {{{name}}}")
        if re.search(r"[{}\[\]]", "".join(_words(parts))):
            raise ValueError("has a bracket that does not belong to a place or an optional part")
        if ("list" in slots) != bool(values.get("many")):
            raise ValueError("has {list} if and only if it is for many products")
        if not values.get("many") and "name" not in slots:
            raise ValueError("does not name the product: {name} is missing")
        if "offer" not in slots:
            raise ValueError("has no place for an offer: [[{offer}]] is missing")
        return text

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it is made of."""
        return parse(self.text)

    @property
    def words(self) -> list[str]:
        """The words of its own."""
        return list(_words(self.parts))


class Templates(Strict):
    """``templates/zh.yml`` or ``templates/en.yml``."""

    templates: conlist(Template, min_items=1)  # type: ignore[valid-type]

    @validator("templates")
    def _once(cls, templates: list[Template]) -> list[Template]:
        names = [each.id for each in templates]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]} is there twice")
        return templates


_parsed: dict[str, tuple[Part, ...]] = {}


def parse(text: str) -> tuple[Part, ...]:
    """Take a template's text apart."""
    if text not in _parsed:
        _parsed[text] = tuple(
            Part(number % 2 == 1, _pieces(stretch))
            for number, stretch in enumerate(_PART.split(text))
            if stretch
        )
    return _parsed[text]


def _pieces(stretch: str) -> tuple[tuple[bool, str], ...]:
    return tuple(
        (number % 2 == 1, piece) for number, piece in enumerate(_SLOT.split(stretch)) if piece
    )


def _words(parts: tuple[Part, ...]) -> list[str]:
    return [piece for part in parts for is_slot, piece in part.pieces if not is_slot]
