"""Whose order is it: bound identities and grants."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.sql import ColumnElement

from backends.auth import Caller
from backends.db import now
from backends.errors import ApiError
from backends.orders.models import Grant, Identity, Order
from backends.orders.numbers import normalise

LIST_LENGTH = 10
_EVERYTHING = tuple(
    selectinload(part)
    for part in (Order.items, Order.returns, Order.exchanges, Order.refund, Order.invoice)
)


def not_verified() -> ApiError:
    """403, the same for an order of another, an unknown one and a wrong pair."""
    return ApiError(
        403, "not_verified", "This sender has not shown that an order of this number is theirs."
    )


async def bound_customer(
    session: AsyncSession, caller: Caller, trusted: frozenset[str]
) -> str | None:
    """The customer id a sender is bound to, or None; never on a channel that is not trusted."""
    if caller.channel not in trusted:
        return None
    query = select(Identity.customer_id).where(
        Identity.channel == caller.channel, Identity.sender == caller.sender
    )
    return (await session.execute(query)).scalar_one_or_none()


async def owned(
    session: AsyncSession,
    caller: Caller,
    typed_number: str,
    trusted: frozenset[str],
    *,
    lock: bool = False,
    events: bool = False,
) -> Order:
    """The order, if this sender may see it.

    Args:
        session: a read or write session.
        caller: who asks.
        typed_number: the order number as it came.
        trusted: channels whose bound identities count.
        lock: whether to lock the order for a change.
        events: whether to load its shipment events too.

    Raises:
        ApiError: 403 ``not_verified``, also when there is no such order.
    """
    customer = await bound_customer(session, caller, trusted)
    query = (
        select(Order)
        .where(Order.number == (normalise(typed_number) or ""), _visible(caller, customer, now()))
        .options(*_EVERYTHING)
    )
    if events:
        query = query.options(selectinload(Order.events))
    if lock:
        query = query.with_for_update(of=Order)
    order = (await session.execute(query)).scalar_one_or_none()
    if order is None:
        raise not_verified()
    return order


async def visible_orders(
    session: AsyncSession, caller: Caller, trusted: frozenset[str]
) -> tuple[bool, list[Order]]:
    """Whether the sender is bound, and the newest orders they may see.

    A bound customer sees their own; anybody else those granted and not yet expired.
    """
    customer = await bound_customer(session, caller, trusted)
    mine = _granted(caller, now()) if customer is None else Order.customer_id == customer
    query = (
        select(Order)
        .where(mine)
        .options(selectinload(Order.items))
        .order_by(Order.placed_at.desc(), Order.number.desc())
        .limit(LIST_LENGTH)
    )
    return customer is not None, list((await session.execute(query)).scalars())


def _visible(caller: Caller, customer: str | None, moment: datetime) -> ColumnElement:
    granted = _granted(caller, moment)
    return granted if customer is None else granted | (Order.customer_id == customer)


def _granted(caller: Caller, moment: datetime) -> ColumnElement:
    return exists().where(
        Grant.order_number == Order.number,
        Grant.channel == caller.channel,
        Grant.sender == caller.sender,
        Grant.expires_at > moment,
    )
