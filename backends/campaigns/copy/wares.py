"""The products that copy is about, read from the catalogue's own tables as they stand now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.models import Brand, Category, Product, Promotion, Variant


@dataclass(frozen=True)
class Ware:
    """A product. Texts are mappings from language to text; sums of money are whole fen.

    Attributes:
        attributes: ``(key, labels, values)`` in the order of the product's page.
        stock: pieces of all its variants.
    """

    id: str
    names: Mapping[str, str]
    other_names: tuple[str, ...]
    brand_id: str
    brand: Mapping[str, str]
    category_id: str
    category: Mapping[str, str]
    summary: Mapping[str, str]
    description: Mapping[str, str]
    attributes: tuple[tuple[str, Mapping[str, str], Mapping[str, str]], ...]
    price_fen: int
    list_price_fen: int | None
    stock: int

    @property
    def was_fen(self) -> int | None:
        """The price before a reduction, None when there is none."""
        return self.list_price_fen if (self.list_price_fen or 0) > self.price_fen else None

    def digest(self, language: str) -> str:
        """A hash of what may be said of it, without prices and stock."""
        said = [self.names[language], self.brand[language], self.category[language]]
        said += [self.summary[language], self.description[language]]
        said += [value[language] for _, _, value in self.attributes]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


async def read_wares(session: AsyncSession, ids: Sequence[str]) -> dict[str, Ware]:
    """Read products by id; those that are not there are left out."""
    if not ids:
        return {}
    rows = await session.execute(
        select(Product, Brand, Category)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Category, Category.id == Product.category_id)
        .where(Product.id.in_(list(ids)))
    )
    found = rows.all()
    pieces = await session.execute(
        select(Variant.product_id, func.sum(Variant.stock))
        .where(Variant.product_id.in_(list(ids)))
        .group_by(Variant.product_id)
    )
    stock = {product: int(count) for product, count in pieces}
    made = {
        row.id: _ware(row, brand, category, stock.get(row.id, 0)) for row, brand, category in found
    }
    return {id: made[id] for id in ids if id in made}


async def ids_of_category(session: AsyncSession, category: str, most: int) -> list[str] | None:
    """Ids of a category's products that are in stock, the best liked first.

    None when there is no such category.
    """
    if await session.get(Category, category) is None:
        return None
    rows = await session.execute(
        select(Product.id)
        .join(Variant, Variant.product_id == Product.id)
        .where(Product.category_id == category)
        .group_by(Product.id, Product.popularity)
        .having(func.sum(Variant.stock) > 0)
        .order_by(Product.popularity.desc(), Product.id)
        .limit(most)
    )
    return list(rows.scalars())


async def read_promotions(
    session: AsyncSession, *, id: str | None = None, code: str | None = None
) -> list[Promotion]:
    """The catalogue's promotions with this id or this code."""
    query = select(Promotion)
    if id is not None:
        query = query.where(Promotion.id == id)
    if code is not None:
        query = query.where(func.upper(Promotion.code) == code.upper())
    return list((await session.execute(query.order_by(Promotion.position))).scalars())


async def current_promotions(session: AsyncSession, day: date) -> list[Promotion]:
    """The promotions that hold on a day."""
    query = select(Promotion).where(Promotion.starts <= day, Promotion.ends >= day)
    return list((await session.execute(query.order_by(Promotion.position))).scalars())


def holds_for(promotion: Promotion, ware: Ware) -> bool:
    """Whether a product is in a promotion's scope."""
    scope: Mapping[str, Any] = promotion.scope
    return bool(
        scope.get("all")
        or ware.id in scope.get("products", ())
        or ware.category_id in scope.get("categories", ())
        or ware.brand_id in scope.get("brands", ())
    )


def _ware(row: Product, brand: Brand, category: Category, stock: int) -> Ware:
    return Ware(
        id=row.id,
        names={"zh": row.name_zh, "en": row.name_en},
        other_names=tuple(row.synonyms),
        brand_id=brand.id,
        brand={"zh": brand.name_zh, "en": brand.name_en},
        category_id=category.id,
        category={"zh": category.name_zh, "en": category.name_en},
        summary={"zh": row.summary_zh, "en": row.summary_en},
        description={"zh": row.description_zh, "en": row.description_en},
        attributes=tuple((one["key"], one["label"], one["value"]) for one in row.attributes),
        price_fen=row.price_fen,
        list_price_fen=row.list_price_fen,
        stock=stock,
    )
