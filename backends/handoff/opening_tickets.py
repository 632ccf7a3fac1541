"""Making a ticket, or finding the one that is open."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.auth import Caller
from backends.handoff import entries
from backends.handoff.models import Ticket, TicketMessage
from backends.handoff.schemas import EntryTold, TicketRequest
from backends.handoff.stamping import stamp
from backends.handoff.states import TICKET


def of_conversation(caller: Caller) -> ColumnElement:
    """The tickets of a conversation."""
    return (Ticket.channel == caller.channel) & (Ticket.sender == caller.sender)


async def open_of(session: AsyncSession, caller: Caller) -> Ticket | None:
    """The open ticket of a conversation, held against other writers."""
    query = select(Ticket).where(of_conversation(caller), Ticket.state != "ended")
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def open_ticket(
    session: AsyncSession,
    caller: Caller,
    told: TicketRequest,
    customer_id: str | None,
    moment: datetime,
    open_now: bool,
) -> tuple[Ticket, bool]:
    """The ticket of a conversation, and whether it is a new one.

    An open ticket stays as it is; but a message that was left goes into the queue when its
    customer asks again while people are there.

    Args:
        session: a write session.
        caller: whose conversation.
        told: by the assistant.
        customer_id: who the sender is known to be.
        moment: the present.
        open_now: whether people are there.
    """
    while True:
        found = await open_of(session, caller)
        if found is not None:
            if found.state == "message" and open_now:
                await _ask_again(session, found, told, moment)
            return found, False
        values = _values(caller, told, customer_id, moment, open_now)
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        # Another request may make one just now, and a reference may be taken.
        made = await session.execute(insert(Ticket).values(**values).on_conflict_do_nothing())
        if made.rowcount:
            break
    found = await open_of(session, caller)
    assert found is not None
    await _write_transcript(session, found, told.transcript, moment)
    data = {"reason": told.reason, "topic": told.topic}
    await entries.add_event(session, found, "opened", None, data)
    await stamp(session, found)
    return found, True


def _values(
    caller: Caller, told: TicketRequest, customer_id: str | None, moment: datetime, open_now: bool
) -> dict[str, Any]:
    return {
        "reference": f"T{secrets.randbelow(10**12):012d}",
        "channel": caller.channel,
        "sender": caller.sender,
        "customer_id": customer_id,
        "state": "waiting" if open_now else "message",
        **told.dict(exclude={"transcript"}),
        "created_at": moment,
        "queued_at": moment if open_now else None,
        "last_customer_at": moment,
        "unanswered": True,
        "turn_since": moment,
        "version": 0,
    }


async def _ask_again(
    session: AsyncSession, found: Ticket, told: TicketRequest, moment: datetime
) -> None:
    last = await session.execute(
        select(TicketMessage.at)
        .where(TicketMessage.ticket_id == found.id)
        .order_by(TicketMessage.id.desc())
        .limit(1)
    )
    known_until = last.scalar_one_or_none() or found.created_at
    later = [entry for entry in told.transcript if entry.at > known_until]
    await _write_transcript(session, found, later, moment)
    found.state = TICKET.after(found.state, "ask_again")
    for name, value in told.dict(exclude={"transcript"}).items():
        setattr(found, name, value)
    found.queued_at = found.turn_since = found.last_customer_at = moment
    found.unanswered = True
    found.ended_by = None
    data = {"reason": told.reason, "topic": told.topic}
    await entries.add_event(session, found, "asked_again", None, data)
    await stamp(session, found)


async def _write_transcript(
    session: AsyncSession, found: Ticket, told: list[EntryTold], moment: datetime
) -> None:
    session.add_all(
        TicketMessage(
            ticket_id=found.id,
            author=entry.author,
            text=entry.text,
            # No clock of another machine puts it into the future.
            at=min(entry.at, moment),
            attempts=0,
        )
        for entry in told
        if entry.text
    )
    await session.flush()
