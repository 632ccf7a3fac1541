"""The order service: who may see an order, its state, and what can be asked for it."""

from typing import Any
from urllib.parse import quote

from actions.clients.customer import Customer
from actions.clients.http import BackendClient
from actions.clients.order_models import (
    Accepted,
    Order,
    OrderList,
    Refund,
    ServiceRequest,
    Shipment,
    Verification,
)


class OrdersClient(BackendClient):
    """Speaks for one customer a call; raises what `BackendClient.read` and `write` do."""

    async def verify(self, customer: Customer, order_number: str, phone_last4: str) -> Verification:
        """Show that the customer knows the phone of an order.

        Raises:
            NotVerified: The pair is wrong; whether the order exists is not told.
            Locked: Too many wrong tries.
        """
        body = {"order_number": order_number, "phone_last4": phone_last4}
        return await self.write(Verification, "/v1/verifications", body, customer)

    async def orders(self, customer: Customer) -> OrderList:
        """Return the orders this customer may see, the latest first."""
        return await self.read(OrderList, "/v1/orders", customer=customer)

    async def order(self, customer: Customer, order_number: str) -> Order:
        """Return an order.

        Raises:
            NotVerified: The customer may not see it, or there is none.
        """
        return await self.read(Order, _path(order_number), customer=customer)

    async def shipment(self, customer: Customer, order_number: str) -> Shipment:
        """Return an order's parcel.

        Raises:
            NotVerified: The customer may not see the order.
            NotFound: Nothing was sent yet.
        """
        return await self.read(Shipment, _path(order_number, "/shipment"), customer=customer)

    async def refund(self, customer: Customer, order_number: str) -> Refund:
        """Return how an order's refund stands.

        Raises:
            NotVerified: The customer may not see the order.
        """
        return await self.read(Refund, _path(order_number, "/refund"), customer=customer)

    async def change(
        self, customer: Customer, order_number: str, what: str, body: dict[str, Any], key: str
    ) -> None:
        """Ask for a change of an order.

        Args:
            what: cancellation, address, returns, exchanges or invoice.
            body: What that endpoint wants.
            key: The Idempotency-Key.

        Raises:
            NotVerified: The customer may not see the order.
            NotAllowed: The order's state forbids it.
            InvalidRequest: The body is refused.
        """
        await self.write(Accepted, _path(order_number, f"/{what}"), body, customer, key)

    async def service_request(
        self,
        customer: Customer,
        kind: str,
        text: str,
        order_number: str | None,
        key: str,
        *,
        priority: bool = False,
    ) -> ServiceRequest:
        """Leave a request for the shop's people.

        Args:
            kind: complaint or callback.
            priority: Whether they see to it before those without.
        """
        body: dict[str, Any] = {"kind": kind, "text": text}
        if priority:
            body["priority"] = True
        if order_number:
            body["order_number"] = order_number
        return await self.write(ServiceRequest, "/v1/service-requests", body, customer, key)


def _path(order_number: str, rest: str = "") -> str:
    return f"/v1/orders/{quote(order_number, safe='')}{rest}"
