"""Sums of tickets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from backends.handoff.models import Ticket
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.counting.scope import Scope
from backends.insights.measures.counting.talks import read_talks
from backends.insights.measures.counting.tally import Made, Tally
from backends.insights.measures.models import DailyTickets
from backends.orders.models import Identity


async def count_tickets(scope: Scope) -> list[Made]:
    """Make the sums of tickets anew."""
    opened = scope.within(Ticket.created_at)
    customer = func.coalesce(Ticket.customer_id, Identity.customer_id).label("customer_id")
    rows = (
        await scope.session.execute(
            select(
                Ticket.channel,
                Ticket.sender,
                Ticket.language,
                Ticket.created_at,
                Ticket.first_reply_at,
                Ticket.assigned_at,
                Ticket.ended_at,
                customer,
            )
            .outerjoin(Identity, scope.bound(Ticket))
            .where(opened)
        )
    ).all()
    segments = await scope.segments(row.customer_id for row in rows)
    talks = await read_talks(scope.session, scope.first, scope.last, Ticket, opened)
    tally = Tally(DailyTickets)
    for row in rows:
        talk = talks.at(row.channel, row.sender, row.created_at)
        reply = _between(row.created_at, row.first_reply_at)
        handling = _between(row.assigned_at, row.ended_at)
        tally.add(
            day_of(row.created_at),
            row.channel,
            row.language or talk.language,
            talk.model,
            segments.get(row.customer_id, ()),
            (1, int(reply is not None), reply or 0, int(handling is not None), handling or 0),
        )
    return [tally]


def _between(earlier: datetime | None, later: datetime | None) -> int | None:
    """Whole seconds; none where the clock was set back between."""
    if earlier is None or later is None:
        return None
    return max(0, int((later - earlier).total_seconds()))
