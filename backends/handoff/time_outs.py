"""Tickets that somebody has let lie: taken from them, by one task in each process."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database, now
from backends.errors import ApiError
from backends.handoff.changes import Changes
from backends.handoff.models import Ticket
from backends.handoff.moving import locked, move
from backends.handoff.opening import TimeOuts
from backends.steady import steadily

_LOOK_EVERY = 2.0
_AT_ONCE = 100


def overdue(ticket: Ticket, time_outs: TimeOuts, moment: datetime) -> str | None:
    """The event that is due (see `backends.handoff.states`), or None."""
    lying = moment - ticket.turn_since
    if ticket.state == "waiting":
        return "nobody_came" if lying >= time_outs.unassigned else None
    if ticket.state != "assigned":
        return None
    if ticket.unanswered:
        return "staff_silent" if lying >= time_outs.staff_silent else None
    return "customer_silent" if lying >= time_outs.customer_silent else None


async def carry_out(db: Database, changes: Changes, time_outs: TimeOuts) -> int:
    """Carry out what is due now, a transaction each; returns how many. Safe in several processes.

    Who comes second finds the ticket changed and leaves it.
    """
    async with db.read() as session:
        found = list(await _candidates(session, time_outs, now()))
    done = 0
    for ticket_id in found:
        try:
            async with changes.write() as session:
                ticket = await locked(session, Ticket.id == ticket_id)
                event = overdue(ticket, time_outs, now())
                if event is not None:
                    await move(session, ticket, event)
                    done += 1
        except ApiError:
            continue  # it was deleted meanwhile
    return done


async def _candidates(session: AsyncSession, time_outs: TimeOuts, moment: datetime) -> list[int]:
    waiting, assigned = Ticket.state == "waiting", Ticket.state == "assigned"
    since = Ticket.turn_since
    rows = await session.execute(
        select(Ticket.id)
        .where(
            (waiting & (since <= moment - time_outs.unassigned))
            | (assigned & Ticket.unanswered & (since <= moment - time_outs.staff_silent))
            | (assigned & ~Ticket.unanswered & (since <= moment - time_outs.customer_silent))
        )
        .order_by(since)
        .limit(_AT_ONCE)
    )
    return list(rows.scalars())


async def keep_time(db: Database, changes: Changes, time_outs: TimeOuts) -> None:
    """Carry out time-outs until cancelled."""
    await steadily(
        "time-outs of tickets",
        lambda: carry_out(db, changes, time_outs),
        lambda: asyncio.sleep(_LOOK_EVERY),
    )
