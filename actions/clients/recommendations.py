"""The recommendation service."""

from typing import Any

from pydantic import BaseModel

from actions.clients.catalog_models import ProductSummary
from actions.clients.customer import Customer
from actions.clients.http import BackendClient


class Reason(BaseModel):
    """Why a product is recommended: a code, and what its sentence needs."""

    code: str
    params: dict[str, Any] = {}


class Recommendation(ProductSummary):
    """A product with the reason for it."""

    reason: Reason


class Recommendations(BaseModel):
    """Products, the best first."""

    items: list[Recommendation]


class RecommendationsClient(BackendClient):
    """Reads recommendations; each call raises what `BackendClient.read` does."""

    async def recommend(
        self,
        customer: Customer,
        language: str,
        *,
        product: str | None = None,
        category: str | None = None,
        price_max: float | None = None,
        limit: int = 5,
    ) -> Recommendations:
        """Return products for this customer: beside a product, in a category, or at large."""
        params = {
            "lang": language,
            "product": product,
            "category": category,
            "price_max": price_max,
            "limit": limit,
        }
        return await self.read(Recommendations, "/v1/recommendations", params, customer)
