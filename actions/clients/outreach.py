"""The outreach service: who wants marketing messages, and who does not."""

from pydantic import BaseModel

from actions.clients.customer import Customer
from actions.clients.http import BackendClient


class Subscription(BaseModel):
    """What holds from now on.

    Attributes:
        wanted: Whether the sender may be written to.
        is_known: Whether the sender is bound to a customer, whose consent was noted.
    """

    wanted: bool
    is_known: bool


class OutreachClient(BackendClient):
    """Speaks for one customer a call; raises what `BackendClient.write` does."""

    async def subscribe(self, customer: Customer, wanted: bool) -> Subscription:
        """Note whether this sender wants marketing messages; twice changes nothing."""
        body = {"wanted": wanted}
        return await self.write(Subscription, "/v1/outreach/subscriptions", body, customer)
