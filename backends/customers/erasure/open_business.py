"""What still has to be done for a customer, and cannot be done once nobody knows whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.errors import ApiError
from backends.orders.models import Exchange, Order, Refund, Return
from backends.orders.states import EXCHANGE, ORDER, REFUND, RETURN


async def refuse_open_business(
    session: AsyncSession, customer_id: str, moment: datetime, window_days: int
) -> None:
    """Refuse an erasure while a contract runs; the customer's orders are locked meanwhile.

    Open is an order that is not over, one that may still come back, and a return, an exchange or
    a refund under way.

    Args:
        session: a write session that holds the customer.
        customer_id: whose orders.
        moment: the present.
        window_days: how many days after delivery goods may come back.

    Raises:
        ApiError: 409 ``not_allowed`` with the reason ``open_business`` and, in ``open``, what it
            is.
    """
    query = select(Order).where(Order.customer_id == customer_id).with_for_update()
    orders = list((await session.execute(query.order_by(Order.number))).scalars())
    open_now = [
        {"order_number": order.number, "what": "order", "status": order.status}
        for order in orders
        if _is_open(order, moment - timedelta(days=window_days))
    ]
    for kind, machine in ((Return, RETURN), (Exchange, EXCHANGE), (Refund, REFUND)):
        under_way = [state for state in machine.states if machine.moves[state]]
        rows = await session.execute(
            select(kind.order_number, kind.status)
            .join(Order, Order.number == kind.order_number)
            .where(Order.customer_id == customer_id, kind.status.in_(under_way))
            .order_by(kind.order_number)
        )
        what = kind.__name__.lower()
        open_now += [
            {"order_number": number, "what": what, "status": status} for number, status in rows
        ]
    if open_now:
        raise ApiError(
            409,
            "not_allowed",
            "This customer has open business: erase them when it is done or cancelled.",
            reason="open_business",
            open=open_now,
        )


def _is_open(order: Order, window_began: datetime) -> bool:
    if order.status == "delivered":
        return order.delivered_at is None or order.delivered_at > window_began
    return bool(ORDER.moves[order.status])
