"""Queries and answers of the recommendations service."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictInt, conint, conlist, constr

from backends.catalog.schemas import PRODUCT_PATTERN, Language, LanguageQuery, Name, ProductSummary
from backends.fields import Money
from backends.http import Inbound, Wire

Code = Literal[
    "matches_wish",
    "bought_together",
    "because_you_bought",
    "because_you_viewed",
    "viewed_together",
    "like_what_you_bought",
    "goes_with",
    "similar",
    "for_your_taste",
    "popular_in_category",
    "popular",
    "well_rated",
    "new",
    "in_category",
]
Relation = Literal["any", "similar", "goes_with", "bought_together"]
Kind = Literal["view", "cart", "purchase", "click"]
CUSTOMER_PATTERN = "^[A-Za-z0-9]{1,20}$"

_Product = constr(regex=PRODUCT_PATTERN)
_Products = constr(regex="^[A-Za-z0-9,-]{1,2000}$")
_Names = constr(min_length=1, max_length=1000)
_Customer = constr(strict=True, regex=CUSTOMER_PATTERN)


class RecommendationQuery(LanguageQuery):
    """What to recommend: for a wish, beside a product, within bounds, or at large."""

    q: constr(max_length=200) | None = Field(  # type: ignore[valid-type]
        None, description="What the customer said he wants, in his own words."
    )
    product: _Product | None = Field(None, description="Product id or SKU.")  # type: ignore[valid-type]
    relation: Relation = Field("any", description="How what is wanted relates to `product`.")
    category: Name | None = Field(None, description="Id or any name of a category.")  # type: ignore[valid-type]
    brand: Name | None = Field(None, description="Id or any name of a brand.")  # type: ignore[valid-type]
    without_brand: _Names | None = Field(  # type: ignore[valid-type]
        None, description="Ids or names of brands not to show, parted by commas."
    )
    without: _Products | None = Field(  # type: ignore[valid-type]
        None, description="Product ids not to show, parted by commas."
    )
    seen: _Products | None = Field(  # type: ignore[valid-type]
        None, description="Product ids looked at in this conversation, parted by commas."
    )
    price_min: Money | None = None  # type: ignore[valid-type]
    price_max: Money | None = None  # type: ignore[valid-type]
    limit: conint(ge=1, le=50) = 5  # type: ignore[valid-type]


class Reason(Wire):
    """Why a product is recommended, as the data shows.

    ``params`` by code: ``matches_wish`` {wish: words of the customer that it answers, and the
    bounds it keeps to: price_min, price_max}; ``bought_together`` and ``because_you_bought``
    {product, count: orders with both}; ``viewed_together`` {product, count: customers who viewed
    both}; ``because_you_viewed``, ``like_what_you_bought``, ``similar`` and ``goes_with``
    {product}; ``for_your_taste`` and ``in_category`` {category}; ``popular_in_category`` {category,
    count: sold lately}; ``popular`` {count}; ``well_rated`` {rating, count}; ``new`` {}.
    """

    code: Code
    params: dict[str, StrictInt | float | str]


class Recommendation(ProductSummary):
    """A product with the reason for it."""

    reason: Reason


class Understood(Wire):
    """What was read from the words and given by parameters, by id and in CNY."""

    brand: str | None
    category: str | None
    price_min: float | None
    price_max: float | None


class RecommendationList(Wire):
    """Recommendations, the best first.

    ``relaxed`` names what had to give way, rather than that nothing is shown: ``wish`` (nothing
    answers the words), ``relation`` (nothing relates so to the product), ``category``, ``brand``, ``bought_already``, ``category_cap``.
    """

    items: list[Recommendation]
    interpreted: Understood
    relaxed: list[str]


class BatchRequest(Inbound):
    """Customers to recommend to, for a campaign."""

    customers: conlist(_Customer, min_items=1, max_items=100, unique_items=True)  # type: ignore[valid-type]
    category: constr(strict=True, min_length=1, max_length=80) | None = Field(  # type: ignore[valid-type]
        None, description="Id or any name of a category."
    )
    limit: conint(strict=True, ge=1, le=20) = 5  # type: ignore[valid-type]
    lang: Language = "zh"


class CustomerRecommendations(Wire):
    """Recommendations for one customer.

    ``personal`` is false for somebody without history, or who refuses that it is used.
    """

    customer_id: str
    personal: bool
    items: list[Recommendation]


class BatchList(Wire):
    """Recommendations for each customer that there is, in the order asked for."""

    items: list[CustomerRecommendations]


class AudienceQuery(Inbound):
    """Which product, and how many customers."""

    product: _Product = Field(..., description="Product id or SKU.")  # type: ignore[valid-type]
    limit: conint(ge=1, le=1000) = 100  # type: ignore[valid-type]


class AudienceMember(Wire):
    """A customer and how likely he takes the product, on the model's scale."""

    customer_id: str
    score: float


class Audience(Wire):
    """Customers who did not buy a product and are likeliest to, the likeliest first."""

    items: list[AudienceMember]


class InteractionRequest(Inbound):
    """Something a customer did with a product."""

    kind: Kind
    product_id: _Product  # type: ignore[valid-type]


class InteractionAnswer(Wire):
    """What was written down."""

    kind: Kind
    product_id: str


class RatingRequest(Inbound):
    """How many stars a customer gives a product."""

    product_id: _Product  # type: ignore[valid-type]
    stars: conint(strict=True, ge=1, le=5)  # type: ignore[valid-type]


class RatingAnswer(Wire):
    """What was written down; it replaces what the customer gave before."""

    product_id: str
    stars: int
