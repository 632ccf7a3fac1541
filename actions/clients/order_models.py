"""What the order service answers."""

from datetime import datetime

from pydantic import BaseModel, Field


class OrderSummary(BaseModel):
    """An order as it stands in a list; `first_item` is a name by language."""

    order_number: str
    status: str
    placed_at: datetime
    total: float
    currency: str
    item_count: int
    first_item: dict[str, str]


class OrderList(BaseModel):
    """The orders this sender may see; `bound` says that the sender is a known customer."""

    bound: bool
    items: list[OrderSummary]


class OrderItem(BaseModel):
    """One line of an order; `name` by language."""

    sku: str
    product_id: str
    name: dict[str, str]
    quantity: int
    price: float


class Request(BaseModel):
    """A return or an exchange that was asked for."""

    status: str


class Order(OrderSummary):
    """An order; `allowed` names what can still be done with it."""

    items: list[OrderItem]
    carrier: str | None
    tracking_number: str | None
    estimated_delivery: datetime | None
    allowed: list[str]
    return_: Request | None = Field(None, alias="return")
    exchange: Request | None = None


class ShipmentEvent(BaseModel):
    """Something that happened to a parcel; `location` by language."""

    code: str
    at: datetime
    location: dict[str, str] | None


class Shipment(BaseModel):
    """A parcel's way so far."""

    carrier: str | None
    tracking_number: str | None
    estimated_delivery: datetime | None
    events: list[ShipmentEvent]


class Refund(BaseModel):
    """A refund; `status` is none, processing, refunded or rejected."""

    status: str
    amount: float | None
    requested_at: datetime | None
    expected_by: datetime | None
    refunded_at: datetime | None


class Verification(BaseModel):
    """That this sender may see an order for a while."""

    order_number: str


class Accepted(BaseModel):
    """A write that was carried out; what came of it is read again when needed."""


class ServiceRequest(BaseModel):
    """A request to the shop's people, by its reference."""

    reference: str
