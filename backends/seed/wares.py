"""The catalogue as the invented customers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.models import Product, Variant
from backends.errors import SetupError


@dataclass(frozen=True)
class Choice:
    """A variant and its price in fen."""

    sku: str
    options: list[dict[str, Any]]
    price_fen: int


@dataclass(frozen=True)
class Ware:
    """A product with its variants."""

    id: str
    category: str
    name_zh: str
    name_en: str
    popularity: float
    goes_with: tuple[str, ...]
    choices: tuple[Choice, ...]

    def variant(self, wanted: Mapping[str, str]) -> Choice:
        """The first variant with the wanted options.

        Raises:
            SetupError: there is none.
        """
        for choice in self.choices:
            has = {option["key"]: option["value"] for option in choice.options}
            if wanted.items() <= has.items():
                return choice
        raise SetupError(f"demo_orders.yml asks for a variant that {self.id} does not have.")


class Wares:
    """All products, to look up and to choose from by popularity and taste."""

    def __init__(self, wares: list[Ware]) -> None:
        self.all = wares
        self.by_id = {ware.id: ware for ware in wares}
        self.categories = sorted({ware.category for ware in wares})

    def pick(self, dice: Random, taste: Mapping[str, float]) -> Ware:
        """A product; popular ones and ones to the customer's taste come more often.

        Args:
            dice: source of chance.
            taste: weight by category, 1 for those not named.
        """
        weights = [(0.05 + one.popularity**1.5) * taste.get(one.category, 1.0) for one in self.all]
        return dice.choices(self.all, weights)[0]

    def companion(self, dice: Random, ware: Ware) -> Ware | None:
        """Something that goes with a product, if anything does."""
        known = [self.by_id[one] for one in ware.goes_with if one in self.by_id]
        return dice.choice(known) if known else None


async def read_wares(session: AsyncSession) -> Wares:
    """The products in the database, in the order of their ids."""
    choices: dict[str, list[Choice]] = {}
    rows = await session.execute(
        select(Variant.product_id, Variant.sku, Variant.options, Variant.price_fen).order_by(
            Variant.product_id, Variant.position
        )
    )
    for product_id, sku, options, price in rows:
        choices.setdefault(product_id, []).append(Choice(sku, options, price))
    products = (await session.execute(select(Product).order_by(Product.id))).scalars()
    return Wares(
        [
            Ware(
                id=one.id,
                category=one.category_id,
                name_zh=one.name_zh,
                name_en=one.name_en,
                popularity=one.popularity,
                goes_with=tuple(one.goes_with),
                choices=tuple(choices[one.id]),
            )
            for one in products
        ]
    )
