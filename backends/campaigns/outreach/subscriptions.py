"""Who wants no marketing messages: the consent of customers, and a list of senders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.auth import Caller
from backends.campaigns.outreach.models import DoNotContact
from backends.customers.finding import existing
from backends.customers.withdrawing import change
from backends.orders.access import bound_customer


async def subscribe(
    session: AsyncSession,
    caller: Caller,
    wanted: bool,
    trusted: frozenset[str],
    moment: datetime,
) -> bool:
    """Note whether a sender wants marketing messages.

    A bound customer's consent is given or withdrawn; the sender, known or not, comes off the list
    or onto it.

    Args:
        session: a write session.
        caller: who says so.
        wanted: what they say.
        trusted: channels whose bound identities count.
        moment: when.

    Returns:
        Whether the sender is bound to a customer.
    """
    customer_id = await bound_customer(session, caller, trusted)
    if customer_id is not None:
        customer = await existing(session, customer_id, hold=True)
        source = f"customer:{caller.channel}"
        await change(session, customer.id, {"marketing": wanted}, source, moment)
    listed = {"channel": caller.channel, "sender": caller.sender}
    if wanted:
        gone = (DoNotContact.channel == caller.channel) & (DoNotContact.sender == caller.sender)
        await session.execute(delete(DoNotContact).where(gone))
    else:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        row = insert(DoNotContact).values(**listed, at=moment).on_conflict_do_nothing()
        await session.execute(row)
    return customer_id is not None
