"""What the catalogue answers."""

from datetime import datetime

from pydantic import BaseModel


class ProductSummary(BaseModel):
    """A product as it stands in a list; prices in the currency named."""

    id: str
    name: str
    brand: str
    category: str
    category_label: str
    price: float
    list_price: float | None
    currency: str
    in_stock: bool
    rating: float | None
    rating_count: int = 0
    summary: str = ""


class Interpretation(BaseModel):
    """How the catalogue read the customer's words."""

    brand: str | None = None
    category: str | None = None
    price_min: float | None = None
    price_max: float | None = None


class SearchResult(BaseModel):
    """A page of what was found."""

    total: int
    items: list[ProductSummary]
    interpreted: Interpretation = Interpretation()


class Option(BaseModel):
    """One option of a variant, such as its colour: a key, and a value with its label."""

    key: str
    label: str
    value: str


class Variant(BaseModel):
    """What is sold: a product with its options chosen; `stock` in pieces."""

    sku: str
    options: list[Option]
    price: float
    stock: int


class Attribute(BaseModel):
    """A fact of a product, with its label in the language asked for."""

    key: str
    label: str
    value: str


class ReviewSample(BaseModel):
    """One review, `rating` from 1 to 5."""

    rating: float
    text: str


class Reviews(BaseModel):
    """All reviews of a product in short."""

    average: float | None
    count: int
    samples: list[ReviewSample] = []


class SizeRow(BaseModel):
    """Whom a size fits."""

    size: str
    fits: str


class Promotion(BaseModel):
    """An offer; `minimum` is the least order value, in the shop's currency."""

    id: str
    title: str
    kind: str
    ends: datetime | None
    code: str | None
    minimum: float | None


class ProductDetail(ProductSummary):
    """All there is to say of a product."""

    description: str = ""
    attributes: list[Attribute] = []
    variants: list[Variant] = []
    reviews: Reviews | None
    size_guide: list[SizeRow] | None
    promotions: list[Promotion] = []


class Category(BaseModel):
    """A category with the number of its products."""

    id: str
    label: str
    count: int


class Categories(BaseModel):
    """All categories."""

    items: list[Category]


class Promotions(BaseModel):
    """The offers that hold now."""

    items: list[Promotion]
