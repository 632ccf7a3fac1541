"""From the product files into the database."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.data import (
    ProductData,
    PromotionData,
    ShopData,
    Words,
    read_shop,
    variants,
)
from backends.catalog.models import (
    Brand,
    CatalogVersion,
    Category,
    Product,
    Promotion,
    Review,
    Variant,
)

__all__ = ["load_catalog", "read_shop", "write_catalog"]

# Part of the catalogue's version: raise it when the same files are written otherwise.
_FORMAT = 1
_SOLD_OUT_PRODUCTS = 0.03
_SOLD_OUT_VARIANTS = 0.08
_STARS = (5, 4, 3, 2, 1)


async def load_catalog(
    session: AsyncSession, folder: Path, *, number: int = 7, today: date | None = None
) -> ShopData:
    """Read and check the product files and write them into the database.

    Args:
        session: a session of ``Database.write()``.
        folder: the folder with brands.yml, attributes.yml and products/.
        number: seed of the invented stock and reviews.
        today: the day that reviews lie before.

    Returns:
        What was read.

    Raises:
        ShopDataError: anything in the files is wrong; nothing has been written then.
    """
    shop = read_shop(folder)
    await write_catalog(session, shop, number=number, today=today)
    return shop


async def write_catalog(
    session: AsyncSession, shop: ShopData, *, number: int = 7, today: date | None = None
) -> None:
    """Put these products in the place of all that are in the database.

    Stock and reviews are invented from ``number`` and the ids alone, so a product keeps its own
    when others come and go.
    """
    today = today or date.today()
    for model in (CatalogVersion, Review, Variant, Promotion, Product, Brand, Category):
        await session.execute(delete(model))
    session.add_all(_categories(shop))
    session.add_all(
        Brand(id=key, name_zh=brand.zh, name_en=brand.en, synonyms=brand.synonyms)
        for key, brand in shop.brands.items()
    )
    await session.flush()
    rows = [_product(shop, category, product) for category, product in shop.products]
    session.add_all(row for row, _ in rows)
    await session.flush()
    for (category, product), (row, prices) in zip(shop.products, rows, strict=True):
        session.add_all(_variants(shop, product, prices, number))
        session.add_all(_reviews(shop, category, row, number, today))
    session.add_all(_promotion(at, one) for at, one in enumerate(shop.promotions))
    mark = f"{_FORMAT}:{shop.digest}:{number}:{today.isoformat()}"
    session.add(CatalogVersion(id=1, version=hashlib.sha256(mark.encode()).hexdigest()))
    await session.flush()


def _fen(price: float) -> int:
    return round(price * 100)


def _categories(shop: ShopData) -> list[Category]:
    return [
        Category(
            id=key,
            position=at,
            name_zh=one.zh,
            name_en=one.en,
            synonyms={"zh": one.synonyms.zh, "en": one.synonyms.en},
        )
        for at, (key, one) in enumerate(shop.categories.items())
    ]


def _product(
    shop: ShopData, category: str, product: ProductData
) -> tuple[Product, list[tuple[str, dict[str, str], int]]]:
    """Return the row and ``(sku, options, fen)`` of each variant."""
    prices = [
        (
            sku,
            chosen,
            _fen(product.price)
            + sum(_fen(product.option_prices.get(value, 0)) for value in chosen.values()),
        )
        for sku, chosen in variants(product, shop.labels)
    ]
    row = Product(
        id=product.id,
        category_id=category,
        brand_id=product.brand,
        name_zh=product.name.zh,
        name_en=product.name.en,
        synonyms=product.synonyms,
        summary_zh=product.summary.zh,
        summary_en=product.summary.en,
        description_zh=product.description.zh,
        description_en=product.description.en,
        price_fen=min(fen for _, _, fen in prices),
        list_price_fen=None if product.list_price is None else _fen(product.list_price),
        attributes=[_attribute(shop, key, value) for key, value in product.attributes.items()],
        size_guide=None
        if product.size_guide is None
        else [row.dict() for row in product.size_guide],
        goes_with=product.goes_with,
        released=product.released,
        popularity=product.popularity,
    )
    return row, prices


def _attribute(shop: ShopData, key: str, value: Words | str) -> dict[str, Any]:
    words = value.dict() if isinstance(value, Words) else {"zh": value, "en": value}
    return {"key": key, "label": shop.labels.attributes[key].dict(), "value": words}


def _variants(
    shop: ShopData, product: ProductData, prices: list[tuple[str, dict[str, str], int]], number: int
) -> list[Variant]:
    gone = Random(f"{number}:{product.id}").random() < _SOLD_OUT_PRODUCTS
    rows = []
    for at, (sku, chosen, fen) in enumerate(prices):
        dice = Random(f"{number}:{sku}")
        empty = gone or dice.random() < _SOLD_OUT_VARIANTS
        options = []
        for key, value in chosen.items():
            words = shop.labels.values[key][value]
            label = {"zh": words.zh, "en": words.en}
            options.append(
                {
                    "key": key,
                    "value": value,
                    "label": shop.labels.options[key].dict(),
                    "value_label": label,
                }
            )
        rows.append(
            Variant(
                sku=sku,
                product_id=product.id,
                position=at,
                options=options,
                price_fen=fen,
                stock=0 if empty else dice.randint(2, 90),
            )
        )
    return rows


def _reviews(
    shop: ShopData, category: str, product: Product, number: int, today: date
) -> list[Review]:
    """Invent reviews: well-liked products have more of them and more stars, none has only good."""
    dice = Random(f"{number}:{product.id}:reviews")
    liking = 0.35 + 0.4 * product.popularity + 0.25 * dice.random()
    count = round(2 + 38 * product.popularity * (0.5 + dice.random()))
    weights = (liking**2, liking * 0.6, 0.14, 0.09 * (1 - liking), 0.08 * (1 - liking))
    sentences = {**shop.reviews.get("any", {}), **shop.reviews.get(category, {})}
    rows = []
    for stars in dice.choices(_STARS, weights, k=count):
        if not sentences.get(stars):
            continue
        words = dice.choice(sentences[stars])
        newest = max((today - product.released).days, 1)
        day = today - timedelta(days=dice.randint(0, min(newest, 365)))
        rows.append(
            Review(
                product_id=product.id,
                rating=stars,
                text_zh=words.zh,
                text_en=words.en,
                written=day,
            )
        )
    return rows


def _promotion(at: int, one: PromotionData) -> Promotion:
    scope: dict[str, Any] = {key: names for key, names in one.scope.dict().items() if names}
    return Promotion(
        id=one.id,
        position=at,
        title_zh=one.title.zh,
        title_en=one.title.en,
        kind=one.kind,
        value=one.value,
        scope=scope or {"all": True},
        starts=one.starts,
        ends=one.ends,
        code=one.code,
        minimum_fen=None if one.minimum is None else _fen(one.minimum),
    )
