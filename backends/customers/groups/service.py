"""How customers were served, from the shop's own records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Select

from backends.customers.groups.measure import Measure, Observation
from backends.orders.models import (
    Exchange,
    Identity,
    Order,
    OrderItem,
    Refund,
    Return,
    ServiceRequest,
)

_REFUSED = "rejected"
_UNDECIDED = "requested"


async def service_measures(session: AsyncSession) -> list[Measure]:
    """All measures of service that the records allow."""
    return [
        Measure("requests seen to first", "share", "higher", await _priority(session)),
        Measure("returns approved", "share", "higher", await _approved(session, Return)),
        Measure("exchanges approved", "share", "higher", await _approved(session, Exchange)),
        Measure("refunds paid", "share", "higher", await _refunded(session)),
        Measure("days to the refund", "days", "lower", await _days_to_refund(session)),
        Measure("days to delivery", "days", "lower", await _days_to_delivery(session)),
        Measure("orders cancelled", "share", "lower", await _cancelled(session)),
    ]


async def _priority(session: AsyncSession) -> list[Observation]:
    """Requests of senders who are known; those of strangers cannot be of any group."""
    query = select(Identity.customer_id, ServiceRequest.priority).join(
        ServiceRequest,
        (ServiceRequest.channel == Identity.channel) & (ServiceRequest.sender == Identity.sender),
    )
    return [(customer, float(first)) for customer, first in await session.execute(query)]


async def _approved(session: AsyncSession, kind: Any) -> list[Observation]:
    rows = await session.execute(_of_orders(kind, kind.status).where(kind.status != _UNDECIDED))
    return [(customer, float(status != _REFUSED)) for customer, status in rows]


async def _refunded(session: AsyncSession) -> list[Observation]:
    decided = Refund.status.in_(("refunded", _REFUSED))
    rows = await session.execute(_of_orders(Refund, Refund.status).where(decided))
    return [(customer, float(status != _REFUSED)) for customer, status in rows]


async def _days_to_refund(session: AsyncSession) -> list[Observation]:
    query = _of_orders(Refund, Refund.requested_at, Refund.refunded_at)
    rows = await session.execute(query.where(Refund.refunded_at.is_not(None)))
    return [(customer, _days(asked, paid)) for customer, asked, paid in rows]


async def _days_to_delivery(session: AsyncSession) -> list[Observation]:
    known = Order.paid_at.is_not(None) & Order.delivered_at.is_not(None)
    rows = await session.execute(
        select(Order.customer_id, Order.paid_at, Order.delivered_at).where(known)
    )
    return [(customer, _days(paid, delivered)) for customer, paid, delivered in rows]


async def _cancelled(session: AsyncSession) -> list[Observation]:
    rows = await session.execute(select(Order.customer_id, Order.status))
    return [(customer, float(status == "cancelled")) for customer, status in rows]


async def mean_price_paid(session: AsyncSession) -> dict[str, float]:
    """What each customer pays for a piece on average, in CNY."""
    paid = func.sum(OrderItem.price_fen * OrderItem.quantity) / func.sum(OrderItem.quantity)
    rows = await session.execute(
        select(Order.customer_id, paid)
        .join(OrderItem, OrderItem.order_number == Order.number)
        .where(Order.paid_at.is_not(None))
        .group_by(Order.customer_id)
    )
    return {customer: float(fen) / 100 for customer, fen in rows}


def _of_orders(kind: Any, *columns: Any) -> Select:
    return select(Order.customer_id, *columns).join(kind, kind.order_number == Order.number)


def _days(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 86_400
