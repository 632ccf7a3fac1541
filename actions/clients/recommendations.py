"""The recommendation service."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel

from actions.clients.catalog_models import ProductSummary
from actions.clients.customer import Customer
from actions.clients.http import BackendClient

Kind = Literal["view", "click", "cart", "purchase"]


class Reason(BaseModel):
    """Why a product is recommended: a code, and what its sentence needs."""

    code: str
    params: dict[str, Any] = {}


class Recommendation(ProductSummary):
    """A product with the reason for it."""

    reason: Reason


class Recommendations(BaseModel):
    """Products, the best first; `relaxed` names what gave way, rather than that there are none."""

    items: list[Recommendation]
    relaxed: list[str] = []


class Interaction(BaseModel):
    """What was written down."""

    kind: Kind
    product_id: str


class RecommendationsClient(BackendClient):
    """Reads recommendations and tells what customers do.

    Each call raises what `BackendClient.read` and `write` do.
    """

    async def recommend(
        self,
        customer: Customer,
        language: str,
        *,
        words: str | None = None,
        product: str | None = None,
        relation: str = "any",
        category: str | None = None,
        brand: str | None = None,
        without_brands: Sequence[str] = (),
        without: Sequence[str] = (),
        seen: Sequence[str] = (),
        price_min: float | None = None,
        price_max: float | None = None,
        limit: int = 5,
    ) -> Recommendations:
        """Return products for this customer: for a wish, beside a product, or at large.

        Args:
            customer: For whom.
            language: zh or en.
            words: What the customer said; bounds given here go before those in the words.
            product: Id or SKU of the product beside which they are recommended.
            relation: How they are related to it: any, similar, goes_with or bought_together.
            category, brand: Ids or names to stay within.
            without_brands: Ids or names of brands to leave out.
            without: Ids of products to leave out.
            seen: Ids of products looked at in this conversation.
            price_min, price_max: Bounds in CNY.
            limit: How many.
        """
        params = {
            "lang": language,
            "q": words or None,
            "product": product,
            "relation": relation if product else None,
            "category": category,
            "brand": brand,
            "without_brand": ",".join(without_brands) or None,
            "without": ",".join(without) or None,
            "seen": ",".join(seen) or None,
            "price_min": price_min,
            "price_max": price_max,
            "limit": limit,
        }
        return await self.read(Recommendations, "/v1/recommendations", params, customer)

    async def interaction(
        self, customer: Customer, kind: Kind, product: str, key: str
    ) -> Interaction:
        """Tell what the customer did with a product; the same key is written down once.

        Raises:
            NotFound: There is no such product.
        """
        body = {"kind": kind, "product_id": product}
        return await self.write(Interaction, "/v1/interactions", body, customer, key)
