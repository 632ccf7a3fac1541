"""What the assistant could not answer by its stories, told for review."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from actions.clients.customer import Customer
from actions.clients.http import BackendClient


class Accepted(BaseModel):
    """It was written down."""

    reference: str


class ReviewClient(BackendClient):
    """Writes to the review service; each call raises what `BackendClient.write` does."""

    async def fallback(self, customer: Customer, told: Mapping[str, Any], key: str) -> Accepted:
        """Tell of a fallback; the same key is written down once."""
        return await self.write(Accepted, "/v1/fallbacks", told, customer, key)

    async def following(
        self, customer: Customer, reference: str, told: Mapping[str, Any]
    ) -> Accepted:
        """Tell what the customer did after it.

        Raises:
            NotFound: This customer has no such fallback.
        """
        return await self.write(Accepted, f"/v1/fallbacks/{reference}/next", told, customer)
