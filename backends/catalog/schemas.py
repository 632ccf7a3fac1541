"""Queries and answers of the catalogue. Prices are in CNY, moments in ISO 8601."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, conint, constr

from backends.fields import Money
from backends.http import Inbound, Wire

Language = Literal["zh", "en"]
PromotionKind = Literal["percent", "amount", "gift", "free_shipping"]
Sort = Literal["relevance", "price_asc", "price_desc", "rating", "newest"]
Name = constr(min_length=1, max_length=80)
PRODUCT_PATTERN = "^[A-Za-z0-9-]{1,40}$"


class LanguageQuery(Inbound):
    """The language of the answer."""

    lang: Language = "zh"


class ProductQuery(LanguageQuery):
    """A search; what is given here wins over what is read from ``q``."""

    q: constr(max_length=500) | None = Field(  # type: ignore[valid-type]
        None, description="The customer's own words in Chinese or English."
    )
    category: Name | None = Field(None, description="Id or any name of a category.")  # type: ignore[valid-type]
    brand: Name | None = Field(None, description="Id or any name of a brand.")  # type: ignore[valid-type]
    price_min: Money | None = None  # type: ignore[valid-type]
    price_max: Money | None = None  # type: ignore[valid-type]
    in_stock: Literal["true", "false"] | None = None
    options: constr(max_length=80) | None = Field(  # type: ignore[valid-type]
        None,
        description="What one variant must have, values or labels parted by commas: `white,42`.",
    )
    sort: Sort | None = Field(
        None, description="Relevance when left out, unless the words ask for another order."
    )
    limit: conint(ge=1, le=50) = 10  # type: ignore[valid-type]
    offset: conint(ge=0, le=10_000) = 0  # type: ignore[valid-type]


class RelatedQuery(LanguageQuery):
    """How many related products."""

    limit: conint(ge=1, le=50) = 5  # type: ignore[valid-type]


class PromotionQuery(LanguageQuery):
    """Promotions of one product or one category."""

    product: constr(regex=PRODUCT_PATTERN) | None = Field(None, description="Product id or SKU.")  # type: ignore[valid-type]
    category: Name | None = Field(None, description="Id or any name of a category.")  # type: ignore[valid-type]


class ProductSummary(Wire):
    """A product in a list; ``price`` is that of its cheapest variant."""

    id: str
    name: str
    brand: str
    category: str
    category_label: str
    price: float
    list_price: float | None
    currency: Literal["CNY"]
    in_stock: bool
    rating: float | None
    rating_count: int
    summary: str
    matched: list[str]


class Interpreted(Wire):
    """How the query was read, explicit parameters included."""

    terms: list[str]
    brand: str | None
    category: str | None
    price_min: float | None
    price_max: float | None
    corrected: str | None


class FacetValue(Wire):
    """How many of all that were found have a value."""

    value: str
    label: str
    count: int


class PriceFacet(Wire):
    """How many cost from ``min`` to below ``max``; the last has no ``max``."""

    min: float
    max: float | None
    count: int


class Facets(Wire):
    """Counts over all that were found, not only the page shown."""

    category: list[FacetValue]
    brand: list[FacetValue]
    price: list[PriceFacet]


class ProductPage(Wire):
    """What a search found."""

    query: str | None
    interpreted: Interpreted
    total: int
    items: list[ProductSummary]
    facets: Facets


class AttributeView(Wire):
    """A fact of a product."""

    key: str
    label: str
    value: str


class OptionView(Wire):
    """A chosen option: its key, the value, and the value's label for the customer."""

    key: str
    label: str
    value: str


class VariantView(Wire):
    """What can be bought."""

    sku: str
    options: list[OptionView]
    price: float
    stock: int


class ReviewSample(Wire):
    """One review."""

    rating: int
    text: str


class ReviewsView(Wire):
    """What customers said."""

    average: float | None
    count: int
    samples: list[ReviewSample]


class SizeView(Wire):
    """Whom a size fits."""

    size: str
    fits: str


class PromotionView(Wire):
    """A sale or a coupon; ``scope`` names what it holds for."""

    id: str
    title: str
    kind: PromotionKind
    value: float | None
    starts: datetime
    ends: datetime
    scope: dict[str, bool | list[str]]
    code: str | None
    minimum: float | None


class ProductDetail(ProductSummary):
    """Everything about a product."""

    description: str
    attributes: list[AttributeView]
    variants: list[VariantView]
    reviews: ReviewsView
    size_guide: list[SizeView] | None
    promotions: list[PromotionView]


class ProductList(Wire):
    """Products, the nearest first."""

    items: list[ProductSummary]


class CategoryView(Wire):
    """A category and how many products it has."""

    id: str
    label: str
    count: int


class CategoryList(Wire):
    """All categories."""

    items: list[CategoryView]


class PromotionList(Wire):
    """Promotions that hold today."""

    items: list[PromotionView]


class LexiconEntry(Wire):
    """A name and how else people write it."""

    entity: Literal["brand", "product_name", "category"]
    value: str
    synonyms: list[str]


class Lexicon(Wire):
    """All names that the shop knows, for recognising them in messages."""

    entries: list[LexiconEntry]
