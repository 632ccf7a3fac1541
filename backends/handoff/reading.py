"""The queue and single tickets, each in a few statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement, Select

from backends.errors import not_found
from backends.handoff.models import Ticket, TicketMessage
from backends.handoff.views import Queue, Said, TicketCard, TicketView
from backends.orders.models import Customer
from backends.staff.models import Staff

Which = Literal["open", "waiting", "messages", "assigned", "mine", "ended"]
_PAGE = 50
_FAILED = (
    select(func.count())
    .where(TicketMessage.ticket_id == Ticket.id)
    .where(TicketMessage.author == "staff", TicketMessage.delivery == "failed")
    .scalar_subquery()
)


async def queue(
    session: AsyncSession,
    which: Which = "open",
    *,
    staff_id: int | None = None,
    language: str | None = None,
    reason: str | None = None,
    channel: str | None = None,
    taken_by: int | None = None,
    not_taken_by: int | None = None,
    ended_since: datetime | None = None,
    limit: int = _PAGE,
    offset: int = 0,
) -> Queue:
    """A page of tickets, and the counts of all kinds, in two statements.

    Those who wait come first, then who is being answered, then messages left; of each kind
    priority customers first, then who has waited longest. Ended tickets come latest first.

    Args:
        session: a read session.
        which: ``open`` is all but ``ended``; ``mine`` those that `staff_id` has.
        staff_id: who asks.
        language: only tickets in ``zh`` or ``en``.
        reason: only tickets of that reason.
        channel: only tickets from that channel.
        taken_by: only tickets that this person has, or had at last.
        not_taken_by: no tickets of this person.
        ended_since: only tickets that ended then or later.
        limit: most tickets of the page.
        offset: how many come before the page.
    """
    wanted = _kind(which, staff_id)
    if language is not None:
        wanted &= Ticket.language == language
    if reason is not None:
        wanted &= Ticket.reason == reason
    if channel is not None:
        wanted &= Ticket.channel == channel
    if taken_by is not None:
        wanted &= Ticket.assigned_to == taken_by
    if not_taken_by is not None:
        wanted &= Ticket.assigned_to != not_taken_by
    if ended_since is not None:
        wanted &= Ticket.ended_at >= ended_since
    rows = await session.execute(
        _cards().where(wanted).order_by(*_order(which)).limit(limit).offset(offset)
    )
    counts = await session.execute(
        select(_count(wanted), *(_count(_kind(kind, staff_id)) for kind in _COUNTED))
    )
    return Queue([_card(row) for row in rows], *counts.one())


async def ticket(session: AsyncSession, reference: str) -> TicketView:
    """A ticket with all that was said in it, in two statements.

    Raises:
        ApiError: 404 when there is none.
    """
    found = await session.execute(_cards().where(Ticket.reference == reference))
    row = found.one_or_none()
    if row is None:
        raise not_found("There is no such ticket.")
    entries = await session.execute(
        select(TicketMessage, Staff.name)
        .outerjoin(Staff, Staff.id == TicketMessage.staff_id)
        .where(TicketMessage.ticket_id == row[0].id)
        .order_by(TicketMessage.id)
    )
    return TicketView(_card(row), row[0].slots, [_said(*entry) for entry in entries])


_COUNTED: tuple[Which, ...] = ("waiting", "messages", "assigned", "mine")
_STATES = {"waiting": "waiting", "messages": "message", "assigned": "assigned", "ended": "ended"}
_OWN = (
    "reference", "state", "channel", "sender", "customer_id", "reason", "topic", "summary",
    "language", "priority", "assigned_to", "created_at", "queued_at", "assigned_at",
    "first_reply_at", "last_customer_at", "last_staff_at", "unanswered", "turn_since", "ended_at",
    "ended_by", "agreed", "version",
)  # fmt: skip


def _kind(which: Which, staff_id: int | None) -> ColumnElement:
    if which == "open":
        return Ticket.state != "ended"
    if which == "mine":
        return (Ticket.assigned_to == staff_id) & (Ticket.state == "assigned")
    return Ticket.state == _STATES[which]


def _order(which: Which) -> list[ColumnElement]:
    if which == "ended":
        return [Ticket.ended_at.desc(), Ticket.id.desc()]
    kinds = case((Ticket.state == "waiting", 0), (Ticket.state == "assigned", 1), else_=2)
    return [kinds, Ticket.priority.desc(), Ticket.created_at, Ticket.id]


def _count(wanted: ColumnElement) -> Any:
    return select(func.count()).select_from(Ticket).where(wanted).scalar_subquery()


def _cards() -> Select:
    return (
        select(Ticket, Customer.name, Staff.name, _FAILED)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .outerjoin(Staff, Staff.id == Ticket.assigned_to)
    )


def _card(row: Any) -> TicketCard:
    found, customer, staff, failed = row
    own = {name: getattr(found, name) for name in _OWN}
    return TicketCard(**own, customer=customer, staff=staff, failed=failed)


def _said(entry: TicketMessage, staff: str | None) -> Said:
    return Said(
        id=entry.id,
        author=entry.author,
        staff_id=entry.staff_id,
        staff=staff,
        text=entry.text,
        event=entry.event,
        data=entry.data,
        at=entry.at,
        delivery=entry.delivery if entry.author == "staff" else None,
        reason=entry.reason if entry.author == "staff" else None,
        waits=entry.author == "staff" and entry.delivery == "pending" and entry.try_at is None,
    )
