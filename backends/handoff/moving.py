"""Locking a ticket, and the moves that take it from whoever has it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.db import now
from backends.errors import not_found
from backends.handoff import entries
from backends.handoff.models import Ticket
from backends.handoff.stamping import stamp
from backends.handoff.states import TICKET
from backends.staff.models import Staff

#: What is written down, and what the assistant is told, after each move.
_WRITTEN = {"release": "released", "close": "closed", "leave": "left"}
_ENDED_BY = {"close": "staff", "leave": "customer", "customer_silent": "timeout"}
#: The customer who leaves knows it, and who is back in the queue goes on waiting.
_TOLD = {"close": "staff", "nobody_came": "timeout", "customer_silent": "timeout"}


async def locked(session: AsyncSession, which: ColumnElement) -> Ticket:
    """The one ticket, held against other writers.

    Raises:
        ApiError: 404 when there is none.
    """
    query = select(Ticket).where(which).with_for_update().execution_options(populate_existing=True)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise not_found("There is no such ticket.")
    return found


async def move(
    session: AsyncSession,
    ticket: Ticket,
    event: str,
    actor: Staff | None = None,
    *,
    agreed: str | None = None,
) -> None:
    """Let a ticket go: to the queue, to the messages that are answered later, or to its end.

    Args:
        session: a write session that holds the ticket.
        ticket: in a state in which the event may happen.
        event: of `backends.handoff.states.TICKET`, one that gives the ticket to nobody.
        actor: who of the staff did it, if anybody.
        agreed: of ``close``: what was agreed.
    """
    moment = now()
    ticket.state = TICKET.after(ticket.state, event)
    ticket.turn_since = moment
    if ticket.state == "ended":
        ticket.ended_at = moment
        ticket.ended_by = _ENDED_BY[event]
        ticket.agreed = agreed
        ticket.unanswered = False
    else:
        ticket.assigned_to = None
        ticket.unanswered = True
        ticket.queued_at = moment if ticket.state == "waiting" else None
        # The talk is over, though the message that is left of it will be answered.
        ticket.ended_by = "timeout" if ticket.state == "message" else None
    data = {}
    if event in _TOLD:
        data = {"by": _TOLD[event], **({"agreed": agreed} if agreed else {})}
    written = _WRITTEN.get(event, event)
    await entries.add_event(session, ticket, written, actor, data, tell=event in _TOLD)
    await stamp(session, ticket)
