"""Carrying out what a customer asks for, or refusing it."""

from __future__ import annotations

from datetime import datetime, timedelta

from backends.errors import ApiError, invalid_request
from backends.orders.models import AddressChange, Exchange, Invoice, Order, Refund, Return
from backends.orders.rules import Permission, refusal
from backends.orders.schemas import (
    AddressRequest,
    CancellationRequest,
    ExchangeRequest,
    InvoiceRequest,
    ReturnRequest,
)
from backends.orders.states import EXCHANGE, ORDER, REFUND, RETURN

REFUND_TIME = timedelta(days=5)


def check(order: Order, wish: Permission, moment: datetime, window_days: int) -> None:
    """Refuse a wish that the order's state does not allow.

    Raises:
        ApiError: 409 ``not_allowed`` with the reason of `backends.orders.rules.refusal`.
    """
    reason = refusal(order, wish, moment, window_days)
    if reason:
        raise ApiError(
            409, "not_allowed", "The state of the order does not allow it.", reason=reason
        )


def cancel(order: Order, request: CancellationRequest, moment: datetime) -> None:
    """Cancel the order; what was paid is on its way back from then on."""
    order.status = ORDER.after(order.status, "cancel")
    order.cancelled_at = moment
    order.cancel_reason = request.reason
    if order.paid_at:
        order.refund = Refund(
            status=REFUND.start,
            amount_fen=order.total_fen,
            requested_at=moment,
            expected_by=moment + REFUND_TIME,
        )


def change_address(order: Order, request: AddressRequest, moment: datetime) -> AddressChange:
    """Send the order elsewhere; returns the record of the former address, to be stored."""
    former = AddressChange(order_number=order.number, before=order.address, changed_at=moment)
    order.address = request.address
    return former


def request_return(order: Order, request: ReturnRequest, moment: datetime) -> None:
    """Ask to send goods back.

    Raises:
        ApiError: 400 when a sku is not part of the order.
    """
    mine = [item.sku for item in order.items]
    chosen = sorted({_own_sku(order, sku) for sku in request.skus}) if request.skus else mine
    order.returns.append(
        Return(status=RETURN.start, reason=request.reason, skus=chosen, requested_at=moment)
    )


def request_exchange(order: Order, request: ExchangeRequest, moment: datetime) -> None:
    """Ask for the same goods in another form.

    Raises:
        ApiError: 400 when the sku is not part of the order.
    """
    if request.sku:
        sku = _own_sku(order, request.sku)
    else:
        sku = order.items[0].sku if len(order.items) == 1 else None
    order.exchanges.append(
        Exchange(
            status=EXCHANGE.start,
            reason=request.reason,
            sku=sku,
            wanted=request.wanted,
            requested_at=moment,
        )
    )


def request_invoice(order: Order, request: InvoiceRequest, moment: datetime) -> None:
    """Ask for an invoice."""
    order.invoice = Invoice(title=request.title, email=request.email, requested_at=moment)


def _own_sku(order: Order, sku: str) -> str:
    for item in order.items:
        if item.sku == sku.upper():
            return item.sku
    raise invalid_request(
        "The order has no such item.",
        [{"where": "body", "name": "sku", "problem": "is not part of the order"}],
    )
