"""Numbering each change of a ticket, so that others see what has changed since they looked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.handoff.models import Ticket, TicketCounter

CHANGED = "changed_tickets"


async def stamp(session: AsyncSession, ticket: Ticket) -> None:
    """Give a ticket the next number of the counter.

    The counter's row is locked until the transaction ends, so numbers become visible in order and
    nobody who has seen one misses a lower one. It is therefore the last lock that is taken.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(
        insert(TicketCounter)
        .values(id=1, value=1)
        .on_conflict_do_update(index_elements=["id"], set_={"value": TicketCounter.value + 1})
    )
    value = select(TicketCounter.value).where(TicketCounter.id == 1)
    ticket.version = (await session.execute(value)).scalar_one()
    await session.flush()
    session.info.setdefault(CHANGED, set()).add(ticket.reference)
