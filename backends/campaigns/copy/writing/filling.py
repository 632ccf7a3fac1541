"""Filling a template with facts."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.facts import Facts, WareFacts
from backends.campaigns.copy.material.phrases import Phrases
from backends.campaigns.copy.material.templates import Part, Template
from backends.campaigns.copy.writing.variant import TEMPLATES, Ground, Variant

#: Attributes that say nothing by themselves, or have a place of their own.
_NO_POINT = frozenset({"gift_for", "gender"})


@dataclass(frozen=True)
class Filled:
    """What stands in a place: the text, and where it comes from."""

    text: str
    source: str


class Filler:
    """Fills templates for one brief.

    Args:
        brief: what was asked for.
        facts: what may be said.
        phrases: of the brief's language.
    """

    def __init__(self, brief: Brief, facts: Facts, phrases: Phrases) -> None:
        self._brief = brief
        self._facts = facts
        self._phrases = phrases
        self._sentences: dict[str, list[str]] = {}
        for fact in facts.all:
            self._sentences.setdefault(fact.source, []).append(fact.text)

    def fill(self, template: Template, chance: random.Random) -> Variant | None:
        """Return the variant, None when one of the template's places cannot be filled.

        Args:
            template: which.
            chance: draws among facts that could stand in the same place.
        """
        values = self._many(chance) if template.many else self._one(chance)
        pieces: list[str] = []
        grounds: list[Ground] = []
        for part in template.parts:
            if not part.slots <= values.keys():
                if part.optional:
                    continue
                return None
            self._put(part, values, pieces, grounds)
        if self._facts.scarce and not template.many:
            wording = chance.choice(self._facts.scarce)
            pieces.append(self._phrases.joint + wording + self._phrases.end)
            grounds.append(self._ground(wording, "stock"))
        text = "\n".join(line.strip() for line in "".join(pieces).splitlines() if line.strip())
        return Variant(text, TEMPLATES, template.id, tuple(grounds))

    def _put(
        self, part: Part, values: Mapping[str, Filled], pieces: list[str], grounds: list[Ground]
    ) -> None:
        for is_slot, piece in part.pieces:
            if not is_slot:
                pieces.append(piece)
                continue
            filled = values[piece]
            text = filled.text
            if _begins(pieces) and text[:1].islower() and not text[1:2].isupper():
                text = text[0].upper() + text[1:]
            pieces.append(text)
            if piece != "list":
                grounds.append(self._ground(text, filled.source))
        if "list" in part.slots:
            grounds += self._list_grounds()

    def _one(self, chance: random.Random) -> dict[str, Filled]:
        product = self._facts.products[0]
        values = self._common(product, chance)
        source = _source(product)
        values["name"] = Filled(product.name, source("name"))
        values["price"] = Filled(product.price, source("price"))
        if product.was and product.saving:
            values["list_price"] = Filled(product.was, source("list price"))
            values["saving"] = Filled(product.saving, source("list price"))
        if product.final:
            values["final"] = Filled(product.final, source("price with the offer"))
        if product.summary:
            values["summary"] = Filled(product.summary, source("summary"))
        details = [Filled(text, source("description")) for text in product.details]
        chance.shuffle(details)
        details = [*self._wanted(), *details]
        for name, detail in zip(("detail", "detail2"), details, strict=False):
            values[name] = detail
        points = []
        for key, (label, value) in product.attributes.items():
            values[f"attr:{key}"] = Filled(value, source(key))
            if key not in _NO_POINT:
                whole = self._phrases.facts.attribute.format(label=label, value=value)
                points.append(Filled(whole.rstrip("。."), source(key)))
        if "gift_for" in product.attributes:
            values["gift_for"] = Filled(product.attributes["gift_for"][1], source("gift_for"))
        chance.shuffle(points)
        for name, point in zip(("point", "point2"), points, strict=False):
            values[name] = point
        return values

    def _many(self, chance: random.Random) -> dict[str, Filled]:
        products = self._facts.products
        values = self._common(products[0], chance)
        lines = [
            self._phrases.row.format(name=product.name, price=product.price) for product in products
        ]
        values["list"] = Filled("\n".join(lines), "products")
        if len({product.ware.category_id for product in products}) > 1:
            del values["category"]
        return values

    def _common(self, product: WareFacts, chance: random.Random) -> dict[str, Filled]:
        source = _source(product)
        values = {
            "brand": Filled(product.brand, source("name")),
            "category": Filled(product.category, source("name")),
        }
        if self._facts.offers:
            values["offer"] = Filled(chance.choice(self._facts.offers), "offer")
        return values

    def _wanted(self) -> list[Filled]:
        """What is to be made a point of comes first, then what the shopkeeper vouches for."""
        points = [Filled(text, "point") for text in self._facts.points]
        vouched = [
            Filled(text, f"vouched: {number}") for number, text in enumerate(self._facts.vouched, 1)
        ]
        return points + vouched

    def _ground(self, piece: str, source: str) -> Ground:
        facts = self._sentences.get(source, [piece])
        fitting = (fact for fact in facts if piece.casefold() in fact.casefold())
        return Ground(piece, next(fitting, facts[0]), source)

    def _list_grounds(self) -> list[Ground]:
        grounds = []
        for product in self._facts.products:
            source = _source(product)
            for piece, what in ((product.name, "name"), (product.price, "price")):
                grounds.append(self._ground(piece, source(what)))
        return grounds


def _begins(pieces: list[str]) -> bool:
    """Whether what comes next begins a sentence."""
    before = "".join(pieces).rstrip(" ")
    return not before or before[-1] in "\n.!?。！？"


def _source(product: WareFacts) -> Callable[[str], str]:
    """Names where a product's facts come from."""
    return f"product {product.ware.id}: {{}}".format
