"""Writing entries into a ticket; what the customer is to get goes out from there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import now
from backends.handoff.models import Ticket, TicketMessage
from backends.staff.models import Staff


async def add_reply(
    session: AsyncSession, ticket: Ticket, actor: Staff, text: str, key: str
) -> TicketMessage:
    """Words of staff for the customer."""
    await _try_again(session, ticket)
    moment = now()
    return await _add(
        session, ticket, author="staff", staff_id=actor.id, text=text, key=key,
        delivery="pending", try_at=moment, at=moment,
    )  # fmt: skip


async def add_note(
    session: AsyncSession, ticket: Ticket, actor: Staff, text: str, key: str | None
) -> TicketMessage:
    """A note for staff."""
    return await _add(
        session, ticket, author="note", staff_id=actor.id, text=text, key=key, at=now()
    )


async def add_event(
    session: AsyncSession,
    ticket: Ticket,
    event: str,
    actor: Staff | None,
    data: dict[str, Any],
    *,
    tell: bool = False,
) -> TicketMessage:
    """Something that happened.

    Args:
        session: a write session that holds the ticket.
        ticket: where.
        event: of `backends.handoff.states.EVENTS`.
        actor: who of the staff did it, if anybody.
        data: what it was about.
        tell: whether the assistant is told, in turn with the words for the customer.
    """
    moment = now()
    if tell:
        await _try_again(session, ticket)
    return await _add(
        session, ticket, author="system", staff_id=actor and actor.id, text="", event=event,
        data=data, at=moment, delivery="pending" if tell else None,
        try_at=moment if tell else None,
    )  # fmt: skip


async def _add(session: AsyncSession, ticket: Ticket, **values: Any) -> TicketMessage:
    entry = TicketMessage(ticket_id=ticket.id, attempts=0, **values)
    session.add(entry)
    await session.flush()
    return entry


async def _try_again(session: AsyncSession, ticket: Ticket) -> None:
    """What waits for the customer to write is tried once more before what comes after it."""
    await session.execute(
        update(TicketMessage)
        .where(
            TicketMessage.ticket_id == ticket.id,
            TicketMessage.delivery == "pending",
            TicketMessage.try_at.is_(None),
        )
        .values(try_at=now())
        .execution_options(synchronize_session=False)
    )
