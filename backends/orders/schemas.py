"""Requests and answers of the orders service. Money is in CNY, moments in ISO 8601 UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, StrictBool, conint, conlist

from backends.fields import text
from backends.http import Inbound, Wire
from backends.orders.numbers import OrderNumber
from backends.orders.rules import Permission

OrderStatus = Literal[
    "pending_payment",
    "paid",
    "packed",
    "shipped",
    "out_for_delivery",
    "delivered",
    "completed",
    "cancelled",
]
EventCode = Literal[
    "label_created",
    "picked_up",
    "departed",
    "arrived",
    "out_for_delivery",
    "delivered",
    "delayed",
    "returned",
]

Last4 = text(4, 4, pattern="^[0-9]{4}$")
Sku = text(1, 40, pattern="^[A-Za-z0-9-]+$")
Reason = text(1, 500)
Address = text(
    5,
    200,
    pattern=(
        "^[^\\u0000-\\u0020\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\s]"
        "[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*"
        "[A-Za-z\\u4e00-\\u9fff]"
        "[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*"
        "[^\\u0000-\\u0020\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\s]$"
    ),
)
Email = text(
    3, 254, pattern="^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}([.][A-Za-z0-9-]{1,63}){1,3}$"
)


class VerificationRequest(Inbound):
    """The pair that proves that an order is the customer's own."""

    order_number: OrderNumber
    phone_last4: Last4  # type: ignore[valid-type]


class IdentityRequest(Inbound):
    """Which customer a sender is."""

    customer_id: text(1, 20, pattern="^[A-Za-z0-9-]+$")  # type: ignore[valid-type]


class CancellationRequest(Inbound):
    """Cancel an order."""

    reason: Reason | None = None  # type: ignore[valid-type]


class AddressRequest(Inbound):
    """Send an order elsewhere: at least one letter or ideograph, no control characters."""

    address: Address  # type: ignore[valid-type]


class ReturnRequest(Inbound):
    """Send goods back; without skus, all of them."""

    reason: Reason  # type: ignore[valid-type]
    skus: conlist(Sku, min_items=1, max_items=50) | None = None  # type: ignore[valid-type]


class ExchangeRequest(Inbound):
    """The same goods in another form; without sku, the only item or the whole order."""

    wanted: text(1, 200)  # type: ignore[valid-type]
    reason: Reason | None = None  # type: ignore[valid-type]
    sku: Sku | None = None  # type: ignore[valid-type]


class InvoiceRequest(Inbound):
    """To whom an invoice is made out and where it is sent."""

    title: text(1, 100)  # type: ignore[valid-type]
    email: Email  # type: ignore[valid-type]


class ServiceRequestBody(Inbound):
    """A complaint, or a wish to be called back; `priority` puts it before those without."""

    kind: Literal["complaint", "callback"]
    text: text(1, 2000, lines=True)  # type: ignore[valid-type]
    order_number: OrderNumber | None = None
    priority: StrictBool = False  # type: ignore[assignment]


class VerificationAnswer(Wire):
    """From now until `expires_at` this sender may see the order."""

    order_number: str
    expires_at: datetime


class IdentityAnswer(Wire):
    """The sender is known to be this customer."""

    channel: str
    sender: str
    customer_id: str


class BothLanguages(Wire):
    """A word or name in Chinese and in English."""

    zh: str
    en: str


class ItemOption(Wire):
    """A chosen option of a variant, such as its colour, in the words of then."""

    key: str
    value: str
    label: BothLanguages
    value_label: BothLanguages


class ItemView(Wire):
    """A line of an order; `price` is that of one piece."""

    sku: str
    product_id: str
    name: BothLanguages
    options: list[ItemOption]
    quantity: int
    price: float


class ReturnView(Wire):
    """A request to send goods back."""

    status: Literal["requested", "approved", "received", "rejected", "closed"]
    reason: str
    skus: list[str]
    requested_at: datetime


class ExchangeView(Wire):
    """A request to exchange goods."""

    status: Literal["requested", "approved", "received", "resent", "rejected", "closed"]
    sku: str | None
    wanted: str
    requested_at: datetime


class RefundView(Wire):
    """Where the money is; with status ``none`` all else is null."""

    status: Literal["none", "processing", "refunded", "rejected"]
    amount: float | None
    requested_at: datetime | None
    expected_by: datetime | None
    refunded_at: datetime | None


class InvoiceView(Wire):
    """An invoice asked for or issued."""

    status: Literal["requested", "issued"]
    title: str
    email_masked: str
    requested_at: datetime
    issued_at: datetime | None


class OrderSummary(Wire):
    """An order in a list."""

    order_number: str
    status: OrderStatus
    placed_at: datetime
    total: float
    currency: Literal["CNY"]
    item_count: int
    first_item: BothLanguages


class OrderView(OrderSummary):
    """An order as its owner sees it. `allowed` is what the owner may ask for now."""

    items: list[ItemView]
    address_masked: str
    carrier: str | None
    tracking_number: str | None
    estimated_delivery: datetime | None
    return_: ReturnView | None = Field(alias="return")
    exchange: ExchangeView | None
    refund: RefundView | None
    invoice: InvoiceView | None
    allowed: list[Permission]


class OrderList(Wire):
    """The orders this sender may see, newest first, at most ten."""

    bound: bool
    items: list[OrderSummary]


class ShipmentEventView(Wire):
    """What happened to the parcel."""

    code: EventCode
    at: datetime
    location: BothLanguages


class ShipmentView(Wire):
    """The parcel and its way, oldest event first; nulls and no events before it is shipped."""

    carrier: str | None
    tracking_number: str | None
    estimated_delivery: datetime | None
    events: list[ShipmentEventView]


class ServiceRequestAnswer(Wire):
    """The reference that the customer may quote."""

    reference: str


class ServiceRequestQuery(Inbound):
    """Which requests."""

    days: conint(ge=1, le=365) = Field(  # type: ignore[valid-type]
        7, description="Those of so many days."
    )
    limit: conint(ge=1, le=200) = 50  # type: ignore[valid-type]
    offset: conint(ge=0, le=1_000_000) = 0  # type: ignore[valid-type]


class ServiceRequestView(Wire):
    """A request as the shop's people see it."""

    reference: str
    kind: Literal["complaint", "callback"]
    text: str
    channel: str
    sender: str
    order_number: str | None
    order_verified: bool
    priority: bool
    created_at: datetime


class ServiceRequestList(Wire):
    """Requests in the order in which they are to be seen to."""

    items: list[ServiceRequestView]
