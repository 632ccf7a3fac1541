"""What has to be sent, in order within each ticket, and who is sending it.

A row is taken by moving its ``try_at`` into the future: a lease. Whoever dies over it loses it to
the next when the lease has ended, who sends it again under the same id; the other side knows the
id and does it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.db import Database
from backends.handoff.models import Ticket, TicketMessage
from backends.handoff.moving import locked
from backends.handoff.stamping import stamp
from backends.rasa import Outcome
from backends.staff.models import Staff

_SLOWEST = timedelta(seconds=60)
#: After this long it is said to staff that nobody was reached.
GIVE_UP = timedelta(hours=24)
UNREACHABLE = "unreachable"
_INTENTS = {"joined": "handoff_joined"}
_ENDED = "handoff_ended"


@dataclass(frozen=True)
class Parcel:
    """One thing to send.

    Attributes:
        entry_id: of the row.
        ticket_id: whose turn it is.
        path: ``messages`` or ``intents``.
        body: for Rasa.
    """

    entry_id: int
    ticket_id: int
    path: str
    body: dict[str, Any]


async def take_due(db: Database, moment: datetime, lease: timedelta, most: int) -> list[Parcel]:
    """Take what is due: of each ticket the first that is not sent yet; others wait for it."""
    first = (
        select(func.min(TicketMessage.id))
        .where(TicketMessage.delivery == "pending", TicketMessage.try_at.is_not(None))
        .group_by(TicketMessage.ticket_id)
    )
    due = (
        select(TicketMessage, Ticket, Staff.name)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .outerjoin(Staff, Staff.id == TicketMessage.staff_id)
        .where(TicketMessage.id.in_(first), TicketMessage.try_at <= moment)
        .order_by(TicketMessage.try_at, TicketMessage.id)
        .limit(most)
    )
    async with db.read() as session:
        found = [
            (_parcel(entry, ticket, staff), entry.try_at)
            for entry, ticket, staff in await session.execute(due)
        ]
    if not found:
        return []
    taken = []
    async with db.write() as session:
        for parcel, seen in found:
            claimed = await session.execute(
                _pending(TicketMessage.id == parcel.entry_id)
                .where(TicketMessage.try_at == seen)
                .values(try_at=moment + lease, attempts=TicketMessage.attempts + 1)
            )
            if claimed.rowcount:
                taken.append(parcel)
    return taken


async def put_back(
    session: AsyncSession, parcel: Parcel, outcome: Outcome, moment: datetime
) -> None:
    """Write down what became of a parcel; staff see it in the ticket."""
    # The ticket first, as everybody else does.
    ticket = await locked(session, Ticket.id == parcel.ticket_id)
    entry = await session.get(TicketMessage, parcel.entry_id, populate_existing=True)
    if entry is None or entry.delivery != "pending":
        return
    if outcome.result == "later" and moment - entry.at >= GIVE_UP:
        outcome = Outcome("failed", UNREACHABLE)
    if outcome.result == "later":
        pause = timedelta(seconds=2 ** min(entry.attempts - 1, 6))
        entry.try_at = moment + min(pause, _SLOWEST)
        entry.reason = outcome.reason
        return
    entry.reason = outcome.reason
    if outcome.result == "no_push":
        # What comes after it could not be pushed either.
        await session.execute(_pending(TicketMessage.ticket_id == ticket.id).values(try_at=None))
        return
    entry.try_at = None
    entry.delivery = outcome.result
    if entry.author == "staff":
        await stamp(session, ticket)


def _pending(which: ColumnElement) -> Any:
    return (
        update(TicketMessage)
        .where(which, TicketMessage.delivery == "pending")
        .execution_options(synchronize_session=False)
    )


def _parcel(entry: TicketMessage, ticket: Ticket, staff: str | None) -> Parcel:
    body = {
        "id": f"{ticket.reference}-{entry.id}",
        "conversation": ticket.sender,
        "channel": ticket.channel,
    }
    if entry.author == "staff":
        return Parcel(entry.id, ticket.id, "messages", {**body, "text": entry.text, "staff": staff})
    told = {key: entry.data[key] for key in ("staff", "by", "agreed") if key in entry.data}
    body["intent"] = _INTENTS.get(entry.event, _ENDED)
    entities = {"reference": ticket.reference, **told}
    return Parcel(entry.id, ticket.id, "intents", {**body, "entities": entities})
