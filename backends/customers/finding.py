"""Which customer a request is about, held so that nothing changes beside it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.auth import Caller
from backends.errors import ApiError, not_found
from backends.orders.access import bound_customer
from backends.orders.models import ERASED, Customer


async def existing(session: AsyncSession, customer_id: str, *, hold: bool = False) -> Customer:
    """The customer of this id.

    Args:
        session: a read session, or a write session when the customer is held.
        customer_id: from the path.
        hold: whether other writers that hold the same customer must wait until this one is done.

    Raises:
        ApiError: 404 when there is none, or none any more.
    """
    query = select(Customer).where(Customer.id == customer_id, Customer.id != ERASED)
    if hold:
        query = query.with_for_update(key_share=True)
    customer = (await session.execute(query)).scalar_one_or_none()
    if customer is None:
        raise not_found("There is no such customer.")
    return customer


async def existing_ids(session: AsyncSession, customer_ids: Collection[str]) -> set[str]:
    """Return those of the ids under which there is a customer, and still is."""
    rows = await session.execute(
        select(Customer.id).where(Customer.id.in_(customer_ids), Customer.id != ERASED)
    )
    return set(rows.scalars())


async def speaking(session: AsyncSession, caller: Caller, trusted: frozenset[str]) -> str:
    """The id of the customer who speaks.

    Raises:
        ApiError: 403 ``not_bound`` on a channel that is not trusted, or when the sender is unknown.
    """
    customer_id = await bound_customer(session, caller, trusted)
    if customer_id is None:
        raise ApiError(403, "not_bound", "This sender is not bound to a customer.")
    return customer_id
