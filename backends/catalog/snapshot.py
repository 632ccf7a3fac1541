"""The catalogue as the search sees it: everything but the stock, read once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.models import (
    Brand,
    CatalogVersion,
    Category,
    Product,
    Promotion,
    Review,
    Variant,
)
from backends.catalog.schemas import PromotionKind

LANGUAGES = ("zh", "en")
REVIEW_SAMPLES = 3


@dataclass(frozen=True)
class Named:
    """A brand or category: its id, its name by language, and other names of it."""

    id: str
    names: Mapping[str, str]
    synonyms: tuple[str, ...]

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every way of writing it, the proper names first, each once."""
        return tuple(dict.fromkeys([*self.names.values(), *self.synonyms]))


@dataclass(frozen=True)
class Item:
    """A product. Texts are mappings from language to text, sums of money are CNY.

    Attributes:
        attributes, size_guide: as in ``models.Product``.
        variants: ``(sku, options, price)``, options as in ``models.Variant``.
        rating: mean stars, None without reviews.
        samples: reviews shown, ``(stars, texts)``.
    """

    id: str
    brand: Named
    category: Named
    names: Mapping[str, str]
    synonyms: tuple[str, ...]
    summary: Mapping[str, str]
    description: Mapping[str, str]
    price: float
    list_price: float | None
    attributes: tuple[Mapping[str, Any], ...]
    variants: tuple[tuple[str, list[dict[str, Any]], float], ...]
    size_guide: list[dict[str, str]] | None
    goes_with: tuple[str, ...]
    released: date
    popularity: float
    rating: float | None
    rating_count: int
    samples: tuple[tuple[int, Mapping[str, str]], ...]


@dataclass(frozen=True)
class Offer:
    """A promotion; ``scope`` as in ``models.Promotion``, sums in CNY."""

    id: str
    title: Mapping[str, str]
    kind: PromotionKind
    value: float | None
    scope: Mapping[str, Any]
    starts: date
    ends: date
    code: str | None
    minimum: float | None

    def holds_for(self, item: Item) -> bool:
        """Whether a product is in its scope."""
        return bool(
            self.scope.get("all")
            or item.id in self.scope.get("products", ())
            or item.category.id in self.scope.get("categories", ())
            or item.brand.id in self.scope.get("brands", ())
        )

    def concerns(self, category: str) -> bool:
        """Whether it holds for a whole category."""
        return bool(self.scope.get("all") or category in self.scope.get("categories", ()))


@dataclass(frozen=True)
class Snapshot:
    """All products in the order of the files, with what belongs to them."""

    version: str
    items: tuple[Item, ...]
    categories: Mapping[str, Named]
    brands: Mapping[str, Named]
    offers: tuple[Offer, ...]
    by_id: Mapping[str, Item] = field(init=False)
    by_sku: Mapping[str, Item] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {item.id: item for item in self.items})
        skus = {sku: item for item in self.items for sku, _, _ in item.variants}
        object.__setattr__(self, "by_sku", skus)


def yuan(fen: int | None) -> Any:
    """Whole fen as CNY; None stays None."""
    return None if fen is None else round(fen / 100, 2)


async def read_version(session: AsyncSession) -> str:
    """The version of the products in the database; "" when there never were any."""
    found = await session.execute(select(CatalogVersion.version))
    return found.scalars().first() or ""


async def read_stock(session: AsyncSession) -> dict[str, int]:
    """Pieces in stock by product id."""
    rows = await session.execute(
        select(Variant.product_id, func.sum(Variant.stock)).group_by(Variant.product_id)
    )
    return {product: int(pieces) for product, pieces in rows}


async def read_variant_stock(session: AsyncSession, product: str) -> dict[str, int]:
    """Pieces in stock of a product by SKU."""
    rows = await session.execute(
        select(Variant.sku, Variant.stock).where(Variant.product_id == product)
    )
    return dict(rows.all())


async def read_snapshot(session: AsyncSession) -> Snapshot:
    """Read the whole catalogue."""
    version = await read_version(session)

    async def all_of(model: Any, *order: Any) -> list[Any]:
        return list((await session.execute(select(model).order_by(*order))).scalars())

    categories = {
        row.id: _named(row, [name for names in row.synonyms.values() for name in names])
        for row in await all_of(Category, Category.position)
    }
    brands = {row.id: _named(row, row.synonyms) for row in await all_of(Brand, Brand.id)}
    variants: dict[str, list[Variant]] = {}
    for row in await all_of(Variant, Variant.product_id, Variant.position):
        variants.setdefault(row.product_id, []).append(row)
    reviews: dict[str, list[Review]] = {}
    for row in await all_of(Review, Review.written.desc(), Review.id):
        reviews.setdefault(row.product_id, []).append(row)
    order = {name: at for at, name in enumerate(categories)}
    items = tuple(
        _item(row, categories, brands, variants.get(row.id, []), reviews.get(row.id, []))
        for row in sorted(
            await all_of(Product, Product.id), key=lambda row: (order[row.category_id], row.id)
        )
    )
    offers = tuple(
        Offer(
            id=row.id,
            title={"zh": row.title_zh, "en": row.title_en},
            kind=row.kind,
            value=row.value,
            scope=row.scope,
            starts=row.starts,
            ends=row.ends,
            code=row.code,
            minimum=yuan(row.minimum_fen),
        )
        for row in await all_of(Promotion, Promotion.position)
    )
    return Snapshot(version, items, categories, brands, offers)


def _named(row: Any, synonyms: list[str]) -> Named:
    return Named(row.id, {"zh": row.name_zh, "en": row.name_en}, tuple(synonyms))


def _item(
    row: Product,
    categories: Mapping[str, Named],
    brands: Mapping[str, Named],
    variants: list[Variant],
    reviews: list[Review],
) -> Item:
    return Item(
        id=row.id,
        brand=brands[row.brand_id],
        category=categories[row.category_id],
        names={"zh": row.name_zh, "en": row.name_en},
        synonyms=tuple(row.synonyms),
        summary={"zh": row.summary_zh, "en": row.summary_en},
        description={"zh": row.description_zh, "en": row.description_en},
        price=yuan(row.price_fen),
        list_price=yuan(row.list_price_fen),
        attributes=tuple(row.attributes),
        variants=tuple((one.sku, one.options, yuan(one.price_fen)) for one in variants),
        size_guide=row.size_guide,
        goes_with=tuple(row.goes_with),
        released=row.released,
        popularity=row.popularity,
        rating=round(sum(one.rating for one in reviews) / len(reviews), 1) if reviews else None,
        rating_count=len(reviews),
        samples=tuple(
            (one.rating, {"zh": one.text_zh, "en": one.text_en}) for one in _samples(reviews)
        ),
    )


def _samples(reviews: list[Review]) -> list[Review]:
    """The newest reviews, and always the newest discontented one: a shop that hides it lies."""
    shown = reviews[:REVIEW_SAMPLES]
    low = next((one for one in reviews if one.rating <= 3), None)
    if low is not None and low not in shown:
        shown[-1] = low
    return shown
