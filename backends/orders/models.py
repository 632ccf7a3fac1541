"""Tables of the orders service. Sums of money are whole fen (1/100 CNY)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import relationship

from backends.db import Base, UtcDateTime
from backends.orders.states import EXCHANGE, ORDER, REFUND, RETURN


def _one_of(column: str, states: frozenset[str]) -> CheckConstraint:
    names = ", ".join(f"'{state}'" for state in sorted(states))
    return CheckConstraint(f"{column} IN ({names})", name=column)


#: The one customer to whom the orders of all erased customers belong; nobody can be bound to it.
ERASED = "erased"


class Customer(Base):
    """A customer. The phone proves ownership of an order and never leaves the service."""

    __tablename__ = "customers"

    id = Column(String(20), primary_key=True)
    name = Column(String(80), nullable=False)
    language = Column(String(2), nullable=False)
    phone = Column(String(11), nullable=False, unique=True)
    created_at = Column(UtcDateTime, nullable=False)


class Order(Base):
    """An order and where it stands."""

    __tablename__ = "orders"
    __table_args__ = (_one_of("status", ORDER.states),)

    number = Column(String(14), primary_key=True)
    customer_id = Column(ForeignKey("customers.id"), nullable=False, index=True)
    status = Column(String(20), nullable=False)
    placed_at = Column(UtcDateTime, nullable=False)
    paid_at = Column(UtcDateTime)
    shipped_at = Column(UtcDateTime)
    delivered_at = Column(UtcDateTime)
    cancelled_at = Column(UtcDateTime)
    cancel_reason = Column(String(500))
    total_fen = Column(Integer, nullable=False)
    shipping_fen = Column(Integer, nullable=False, default=0)
    address = Column(String(200), nullable=False)
    carrier = Column(String(40))
    tracking_number = Column(String(16), unique=True)
    estimated_delivery = Column(UtcDateTime)

    customer = relationship(Customer)
    items = relationship("OrderItem", order_by="OrderItem.line")
    events = relationship("ShipmentEvent", order_by="ShipmentEvent.at, ShipmentEvent.id")
    returns = relationship("Return", order_by="Return.id")
    exchanges = relationship("Exchange", order_by="Exchange.id")
    refund = relationship("Refund", uselist=False)
    invoice = relationship("Invoice", uselist=False)


class OrderItem(Base):
    """A line of an order, with the names and price as they were when it was placed."""

    __tablename__ = "order_items"

    order_number = Column(ForeignKey("orders.number"), primary_key=True)
    line = Column(Integer, primary_key=True)
    sku = Column(String(40), nullable=False)
    product_id = Column(String(20), nullable=False, index=True)
    name_zh = Column(String(120), nullable=False)
    name_en = Column(String(120), nullable=False)
    options = Column(JSON, nullable=False)
    quantity = Column(Integer, nullable=False)
    price_fen = Column(Integer, nullable=False)


class ShipmentEvent(Base):
    """What happened to a parcel, when and where."""

    __tablename__ = "shipment_events"

    id = Column(Integer, primary_key=True)
    order_number = Column(ForeignKey("orders.number"), nullable=False, index=True)
    code = Column(String(20), nullable=False)
    at = Column(UtcDateTime, nullable=False)
    place_zh = Column(String(80), nullable=False)
    place_en = Column(String(80), nullable=False)


class Return(Base):
    """A customer's wish to send goods back."""

    __tablename__ = "returns"
    __table_args__ = (_one_of("status", RETURN.states),)

    id = Column(Integer, primary_key=True)
    order_number = Column(ForeignKey("orders.number"), nullable=False, index=True)
    status = Column(String(20), nullable=False)
    reason = Column(String(500), nullable=False)
    skus = Column(JSON, nullable=False)
    requested_at = Column(UtcDateTime, nullable=False)


class Exchange(Base):
    """A customer's wish for the same goods in another form; no sku when it is for the whole."""

    __tablename__ = "exchanges"
    __table_args__ = (_one_of("status", EXCHANGE.states),)

    id = Column(Integer, primary_key=True)
    order_number = Column(ForeignKey("orders.number"), nullable=False, index=True)
    status = Column(String(20), nullable=False)
    reason = Column(String(500))
    sku = Column(String(40))
    wanted = Column(String(200), nullable=False)
    requested_at = Column(UtcDateTime, nullable=False)


class Refund(Base):
    """Money on its way back, at most one an order."""

    __tablename__ = "refunds"
    __table_args__ = (_one_of("status", REFUND.states),)

    order_number = Column(ForeignKey("orders.number"), primary_key=True)
    status = Column(String(20), nullable=False)
    amount_fen = Column(Integer, nullable=False)
    requested_at = Column(UtcDateTime, nullable=False)
    expected_by = Column(UtcDateTime, nullable=False)
    refunded_at = Column(UtcDateTime)


class Invoice(Base):
    """An invoice asked for or issued, at most one an order."""

    __tablename__ = "invoices"

    order_number = Column(ForeignKey("orders.number"), primary_key=True)
    title = Column(String(100), nullable=False)
    email = Column(String(254), nullable=False)
    requested_at = Column(UtcDateTime, nullable=False)
    issued_at = Column(UtcDateTime)


class AddressChange(Base):
    """The address an order had before the customer changed it, kept for disputes."""

    __tablename__ = "address_changes"

    id = Column(Integer, primary_key=True)
    order_number = Column(ForeignKey("orders.number"), nullable=False, index=True)
    before = Column(String(200), nullable=False)
    changed_at = Column(UtcDateTime, nullable=False)


class ServiceRequest(Base):
    """A complaint or a wish to be called back."""

    __tablename__ = "service_requests"

    reference = Column(String(12), primary_key=True)
    kind = Column(String(10), nullable=False)
    text = Column(Text, nullable=False)
    channel = Column(String(32), nullable=False)
    sender = Column(String(255), nullable=False)
    order_number = Column(String(14))
    order_verified = Column(Boolean, nullable=False)
    priority = Column(Boolean, nullable=False, default=False, server_default=false())
    created_at = Column(UtcDateTime, nullable=False)


class Grant(Base):
    """For a while, a sender may see an order that he gave the right pair for."""

    __tablename__ = "grants"

    channel = Column(String(32), primary_key=True)
    sender = Column(String(255), primary_key=True)
    order_number = Column(ForeignKey("orders.number"), primary_key=True)
    expires_at = Column(UtcDateTime, nullable=False, index=True)


class Identity(Base):
    """A sender on a channel that vouches for it, known to be a customer."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("channel", "sender"),)

    id = Column(Integer, primary_key=True)
    channel = Column(String(32), nullable=False)
    sender = Column(String(255), nullable=False)
    customer_id = Column(ForeignKey("customers.id"), nullable=False, index=True)
    created_at = Column(UtcDateTime, nullable=False)


class Throttle(Base):
    """Wrong tries counted against a sender, or against an order number by anybody."""

    __tablename__ = "throttles"

    kind = Column(String(10), primary_key=True)
    subject = Column(String(300), primary_key=True)
    failures = Column(Integer, nullable=False)
    locked_until = Column(UtcDateTime)
    forget_at = Column(UtcDateTime, nullable=False, index=True)
