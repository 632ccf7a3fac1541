"""Product prices: each price is said of the product whose price it is."""

from __future__ import annotations

from typing import ClassVar

from backends.campaigns.copy.facts import WareFacts
from backends.campaigns.copy.rules.rule import Copy, Objection, Rule
from xiaoer.generation.guard.reading.normalising import normalise
from xiaoer.generation.guard.reading.quantities import MONEY
from xiaoer.generation.guard.reading.reading import read


class ProductPrices(Rule):
    """In a text about several products no price stands with another product's name.

    A price belongs to the product named last before it. The terms of the offer, and what the
    shopkeeper vouches for, are nobody's.
    """

    name: ClassVar[str] = "product_prices"

    def objection(self, copy: Copy) -> Objection | None:
        """Return the first price that is another product's."""
        products = copy.facts.products
        if len(products) < 2:
            return None
        reading = read(copy.text)
        places = sorted(
            (
                (at, product)
                for product in products
                for at in _places(reading.text, normalise(product.name))
            ),
            key=lambda place: place[0],
        )
        own = {product.name: _sums(_own(product)) for product in products}
        common = _sums(copy.facts.offers) | _sums(copy.facts.vouched)
        for fact in reading.facts:
            if not fact.kind.startswith(MONEY) or fact.value in common:
                continue
            before = [product for at, product in places if at < fact.start]
            if before and fact.value not in own[before[-1].name]:
                return self.against(f"{before[-1].name}: {fact.text}")
        return None


def _own(product: WareFacts) -> list[str]:
    sums = (product.price, product.was, product.saving, product.final, product.summary)
    return [each for each in (*sums, *product.details) if each]


def _sums(texts: tuple[str, ...] | list[str]) -> set[object]:
    return {
        fact.value for text in texts for fact in read(text).facts if fact.kind.startswith(MONEY)
    }


def _places(text: str, name: str) -> list[int]:
    places, at = [], text.find(name)
    while at >= 0:
        places.append(at)
        at = text.find(name, at + 1)
    return places
