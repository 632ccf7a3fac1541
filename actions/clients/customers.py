"""The customers service: how a customer is served, and what they wrote."""

from typing import Any

from pydantic import BaseModel

from actions.clients.customer import Customer
from actions.clients.http import BackendClient


class ServiceLevel(BaseModel):
    """How a customer is served; `priority` says that people see to them first."""

    tier: str = "standard"
    priority: bool = False
    tone: str = "plain"


class Noted(BaseModel):
    """Whether a message was kept."""

    kept: bool


class CustomersClient(BackendClient):
    """Speaks for one customer a call; raises what `BackendClient.read` and `write` do."""

    async def service_level(self, customer: Customer) -> ServiceLevel:
        """Return how this customer is served; the standard for anybody unknown."""
        return await self.read(ServiceLevel, "/v1/service-level", customer=customer)

    async def note(self, customer: Customer, message: dict[str, Any], key: str) -> Noted:
        """Tell what the customer wrote; it is kept only with their consent, once a key."""
        return await self.write(Noted, "/v1/messages", message, customer, key)
