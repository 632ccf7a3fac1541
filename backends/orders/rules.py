"""What a customer may ask for in which state, and why not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, get_args

from backends.orders.models import Order
from backends.orders.states import ORDER

Permission = Literal["cancel", "change_address", "return", "exchange", "invoice"]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
_SENT = frozenset({"shipped", "out_for_delivery", "delivered", "completed"})
_OVER = frozenset({"rejected"})


def refusal(order: Order, wish: Permission, moment: datetime, window_days: int) -> str | None:
    """Why a wish cannot be met, or None when it can.

    Args:
        order: with its returns, exchanges and invoice loaded.
        wish: one of `PERMISSIONS`.
        moment: the present, aware.
        window_days: how many days after delivery goods may come back.

    Returns:
        One of already_shipped, already_cancelled, not_shipped, not_delivered,
        return_window_closed, already_requested, not_paid.
    """
    if order.status == "cancelled":
        return "already_cancelled"
    if wish == "cancel":
        return None if ORDER.can(order.status, "cancel") else "already_shipped"
    if wish == "change_address":
        return "already_shipped" if order.status in _SENT else None
    if order.status == "pending_payment":
        return "not_paid"
    if wish == "invoice":
        return "already_requested" if order.invoice else None
    if order.status not in _SENT:
        return "not_shipped"
    if order.delivered_at is None:
        return "not_delivered"
    if any(request.status not in _OVER for request in [*order.returns, *order.exchanges]):
        return "already_requested"
    if moment > order.delivered_at + timedelta(days=window_days):
        return "return_window_closed"
    return None


def allowed(order: Order, moment: datetime, window_days: int) -> list[Permission]:
    """The wishes that can be met now, in the order of `PERMISSIONS`."""
    return [wish for wish in PERMISSIONS if refusal(order, wish, moment, window_days) is None]
