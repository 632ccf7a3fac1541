"""What a customer agreed to: asked for one, for many, or inside a query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.customers.models import Consent
from backends.customers.purposes import DEFAULTS, PURPOSES, Purpose
from backends.orders.models import ERASED, Customer

__all__ = ["DEFAULTS", "PURPOSES", "Purpose", "allowed", "covers", "covers_many", "record", "state"]

# A database takes only so many values in one statement.
_AT_ONCE = 500


def allowed(customer_id: Any, purpose: Purpose) -> ColumnElement:
    """A condition for queries in bulk: the customer's consent covers the purpose.

    Args:
        customer_id: a column of the query's table, such as ``Order.customer_id``.
        purpose: one of `PURPOSES`.
    """
    latest = (
        select(Consent.given)
        .where(Consent.customer_id == customer_id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
        .correlate_except(Consent)
        .scalar_subquery()
    )
    return func.coalesce(latest, literal(DEFAULTS[purpose])).is_(True)


async def covers(session: AsyncSession, customer_id: str, purpose: Purpose) -> bool:
    """Whether there is such a customer and their consent covers a purpose."""
    return bool(await covers_many(session, [customer_id], purpose))


async def covers_many(
    session: AsyncSession, customer_ids: Iterable[str], purpose: Purpose
) -> set[str]:
    """Those of the customers whose consent covers a purpose; unknown ids are left out."""
    asked = sorted(set(customer_ids))
    found: set[str] = set()
    for start in range(0, len(asked), _AT_ONCE):
        some = Customer.id.in_(asked[start : start + _AT_ONCE])
        query = select(Customer.id).where(
            some, Customer.id != ERASED, allowed(Customer.id, purpose)
        )
        rows = await session.execute(query)
        found.update(rows.scalars())
    return found


async def state(session: AsyncSession, customer_id: str) -> dict[Purpose, Consent | None]:
    """The latest row by purpose, None where the customer has said nothing and the default holds."""
    newest = (
        select(func.max(Consent.id))
        .where(Consent.customer_id == customer_id)
        .group_by(Consent.purpose)
    )
    rows = await session.execute(select(Consent).where(Consent.id.in_(newest)))
    said = {row.purpose: row for row in rows.scalars()}
    return {purpose: said.get(purpose) for purpose in PURPOSES}


async def record(
    session: AsyncSession,
    customer_id: str,
    purpose: Purpose,
    given: bool,
    source: str,
    moment: datetime,
) -> bool:
    """Write down what a customer said; a word that was said before is not written again.

    Returns:
        Whether it differs from what the customer had said, or had not said, before.
    """
    before = (await state(session, customer_id))[purpose]
    if before is not None and before.given == given:
        return False
    session.add(
        Consent(customer_id=customer_id, purpose=purpose, given=given, source=source, at=moment)
    )
    await session.flush()
    return True
