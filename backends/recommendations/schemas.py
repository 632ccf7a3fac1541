"""Queries and answers of the recommendations service."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, conint, constr

from backends.catalog.schemas import PRODUCT_PATTERN, LanguageQuery, Name, ProductSummary
from backends.fields import Money
from backends.http import Inbound, Wire

Code = Literal["bought_together", "popular_in_category", "popular", "because_you_bought", "similar"]


class RecommendationQuery(LanguageQuery):
    """What to recommend beside, within and below."""

    product: constr(regex=PRODUCT_PATTERN) | None = Field(None, description="Product id or SKU.")  # type: ignore[valid-type]
    category: Name | None = Field(None, description="Id or any name of a category.")  # type: ignore[valid-type]
    price_max: Money | None = None  # type: ignore[valid-type]
    limit: conint(ge=1, le=50) = 5  # type: ignore[valid-type]


class Reason(Wire):
    """Why a product is recommended, as the history shows.

    ``params``: ``bought_together`` {product, count: orders with both}; ``because_you_bought``
    {product: bought before, count: orders with both}; ``similar`` {product};
    ``popular_in_category`` {category, count: sold lately}; ``popular`` {count}.
    """

    code: Code
    params: dict[str, int | str]


class Recommendation(ProductSummary):
    """A product with the reason for it."""

    reason: Reason


class RecommendationList(Wire):
    """Recommendations, the best first."""

    items: list[Recommendation]


class InteractionRequest(Inbound):
    """Something a customer did with a product."""

    kind: Literal["view", "cart", "purchase", "click"]
    product_id: constr(regex=PRODUCT_PATTERN)  # type: ignore[valid-type]


class InteractionAnswer(Wire):
    """What was written down."""

    kind: Literal["view", "cart", "purchase", "click"]
    product_id: str
