"""Orders as answers: what the owner needs and no more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backends.orders.masking import mask_address, mask_email
from backends.orders.models import Order
from backends.orders.rules import allowed
from backends.orders.schemas import (
    BothLanguages,
    ExchangeView,
    InvoiceView,
    ItemView,
    OrderSummary,
    OrderView,
    RefundView,
    ReturnView,
    ShipmentEventView,
    ShipmentView,
)


def money(fen: int) -> float:
    """Fen as CNY."""
    return round(fen / 100, 2)


def summary(order: Order) -> OrderSummary:
    """An order for a list; its items must be loaded."""
    return OrderSummary(**_summary_fields(order))


def full(order: Order, moment: datetime, window_days: int) -> OrderView:
    """An order for its owner; all but its events must be loaded."""
    returned: dict[str, Any] = {"return": _return(order)}
    return OrderView(
        **_summary_fields(order),
        items=[
            ItemView(
                sku=item.sku,
                product_id=item.product_id,
                name=BothLanguages(zh=item.name_zh, en=item.name_en),
                options=item.options,
                quantity=item.quantity,
                price=money(item.price_fen),
            )
            for item in order.items
        ],
        address_masked=mask_address(order.address),
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        estimated_delivery=order.estimated_delivery,
        **returned,
        exchange=_exchange(order),
        refund=refund(order) if order.refund else None,
        invoice=_invoice(order),
        allowed=allowed(order, moment, window_days),
    )


def shipment(order: Order) -> ShipmentView:
    """The parcel of an order; its events must be loaded."""
    return ShipmentView(
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        estimated_delivery=order.estimated_delivery,
        events=[
            ShipmentEventView(
                code=event.code,
                at=event.at,
                location=BothLanguages(zh=event.place_zh, en=event.place_en),
            )
            for event in order.events
        ],
    )


def refund(order: Order) -> RefundView:
    """The refund of an order, with status ``none`` when there is none."""
    found = order.refund
    if found is None:
        return RefundView(
            status="none", amount=None, requested_at=None, expected_by=None, refunded_at=None
        )
    return RefundView(
        status=found.status,
        amount=money(found.amount_fen),
        requested_at=found.requested_at,
        expected_by=found.expected_by,
        refunded_at=found.refunded_at,
    )


def _summary_fields(order: Order) -> dict[str, Any]:
    first = order.items[0]
    return {
        "order_number": order.number,
        "status": order.status,
        "placed_at": order.placed_at,
        "total": money(order.total_fen),
        "currency": "CNY",
        "item_count": sum(item.quantity for item in order.items),
        "first_item": BothLanguages(zh=first.name_zh, en=first.name_en),
    }


def _return(order: Order) -> ReturnView | None:
    if not order.returns:
        return None
    last = order.returns[-1]
    return ReturnView(
        status=last.status, reason=last.reason, skus=last.skus, requested_at=last.requested_at
    )


def _exchange(order: Order) -> ExchangeView | None:
    if not order.exchanges:
        return None
    last = order.exchanges[-1]
    return ExchangeView(
        status=last.status, sku=last.sku, wanted=last.wanted, requested_at=last.requested_at
    )


def _invoice(order: Order) -> InvoiceView | None:
    if order.invoice is None:
        return None
    return InvoiceView(
        status="issued" if order.invoice.issued_at else "requested",
        title=order.invoice.title,
        email_masked=mask_email(order.invoice.email),
        requested_at=order.invoice.requested_at,
        issued_at=order.invoice.issued_at,
    )
