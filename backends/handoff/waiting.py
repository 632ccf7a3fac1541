"""Where in the queue a ticket is, and how long that may take."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.handoff.models import Ticket

_LATELY = timedelta(days=7)
_SAMPLE, _LEAST = 20, 3


async def position(session: AsyncSession, ticket: Ticket) -> int | None:
    """The place of a waiting ticket; 1 is next. None for any other."""
    if ticket.state != "waiting":
        return None
    earlier = (Ticket.created_at < ticket.created_at) | (
        (Ticket.created_at == ticket.created_at) & (Ticket.id < ticket.id)
    )
    before = (Ticket.priority == ticket.priority) & earlier
    if not ticket.priority:
        before |= Ticket.priority
    query = select(func.count()).select_from(Ticket).where(Ticket.state == "waiting", before)
    return (await session.execute(query)).scalar_one() + 1


async def usual_minutes(session: AsyncSession, moment: datetime) -> int | None:
    """How long those taken lately had waited, by the median; None when they are too few."""
    rows = await session.execute(
        select(Ticket.queued_at, Ticket.assigned_at)
        .where(Ticket.created_at > moment - _LATELY, Ticket.queued_at <= Ticket.assigned_at)
        .order_by(Ticket.id.desc())
        .limit(_SAMPLE)
    )
    waits = [(taken - queued).total_seconds() / 60 for queued, taken in rows]
    return max(1, math.ceil(median(waits))) if len(waits) >= _LEAST else None
