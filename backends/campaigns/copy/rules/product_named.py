"""Product: the text names what it is about."""

from __future__ import annotations

from typing import ClassVar

from backends.campaigns.copy.facts import WareFacts
from backends.campaigns.copy.rules.rule import Copy, Objection, Rule


class ProductNamed(Rule):
    """A product of the brief stands in the text by its name."""

    name: ClassVar[str] = "product"

    def objection(self, copy: Copy) -> Objection | None:
        """Return the name that is missing."""
        text = copy.text.casefold()
        for product in copy.facts.products:
            if any(name.casefold() in text for name in _names(product)):
                return None
        return self.against(copy.facts.products[0].name)


def _names(product: WareFacts) -> list[str]:
    # Names of one letter or two would be found in anything.
    return [product.name, *(each for each in product.ware.other_names if len(each) > 2)]
