"""What the customer says, and what is kept for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.auth import Caller
from backends.handoff.models import Ticket, TicketMessage
from backends.handoff.moving import locked, move
from backends.handoff.opening_tickets import of_conversation, open_of
from backends.handoff.schemas import EndView, Talk, WordsOfStaff
from backends.handoff.stamping import stamp
from backends.staff.models import Staff


async def say(session: AsyncSession, caller: Caller, text: str, moment: datetime) -> Talk:
    """Put what the customer says into their open ticket, if there is one."""
    ticket = await open_of(session, caller)
    if ticket is not None and text:
        session.add(
            TicketMessage(ticket_id=ticket.id, author="customer", text=text, at=moment, attempts=0)
        )
        ticket.last_customer_at = moment
        if not ticket.unanswered:
            # One who goes on writing has waited since the first word without an answer.
            ticket.unanswered = True
            ticket.turn_since = moment
    return await _talk(session, caller, ticket, changed=bool(text))


async def leave(session: AsyncSession, caller: Caller) -> Talk:
    """The customer goes back to the assistant; without an open ticket nothing changes."""
    ticket = await open_of(session, caller)
    if ticket is not None:
        await move(session, ticket, "leave")
    return await _talk(session, caller, ticket, changed=False)


async def _talk(
    session: AsyncSession, caller: Caller, ticket: Ticket | None, changed: bool
) -> Talk:
    touched = {ticket.id} if ticket is not None and changed else set()
    if ticket is None:
        rows = await session.execute(
            select(Ticket).where(of_conversation(caller)).order_by(Ticket.id.desc()).limit(1)
        )
        ticket = rows.scalar_one_or_none()
    if ticket is None:
        return Talk(reference=None, state="none", staff=None, messages=[], ended=None)
    staff = await session.get(Staff, ticket.assigned_to) if ticket.assigned_to else None
    ended = None
    if ticket.ended_by is not None:
        ended = EndView(by=ticket.ended_by, agreed=ticket.agreed)
    words = await _kept(session, caller, touched)
    # All of them are held before any is numbered: see `stamp`.
    for each in [await locked(session, Ticket.id == ticket_id) for ticket_id in sorted(touched)]:
        await stamp(session, each)
    return Talk(
        reference=ticket.reference,
        state=ticket.state,
        staff=staff and staff.name,
        messages=words,
        ended=ended,
    )


async def _kept(session: AsyncSession, caller: Caller, touched: set[int]) -> list[WordsOfStaff]:
    """Give out, once, what could not be sent; of earlier tickets of the conversation, too.

    What is being sent is left to its sender, lest it be said twice. The ids of the tickets are
    added to `touched`.
    """
    kept = ((TicketMessage.delivery == "pending") & TicketMessage.try_at.is_(None)) | (
        TicketMessage.delivery == "failed"
    )
    rows = await session.execute(
        select(TicketMessage, Staff.name)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .outerjoin(Staff, Staff.id == TicketMessage.staff_id)
        .where(of_conversation(caller), kept)
        .order_by(TicketMessage.id)
        .with_for_update(of=TicketMessage)
    )
    words = []
    for entry, staff in rows.all():
        entry.delivery = "pulled"
        # What the assistant was to be told stands in the talk that is given.
        if entry.author == "staff":
            words.append(WordsOfStaff(id=entry.id, text=entry.text, staff=staff, at=entry.at))
            touched.add(entry.ticket_id)
    return words
