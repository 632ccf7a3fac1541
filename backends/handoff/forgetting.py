"""Tickets that have served their time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncSession

from backends.handoff.models import Ticket


async def forget_tickets(session: AsyncSession, moment: datetime) -> None:
    """Delete the tickets that ended (or, open still, began) before a moment, with all said there."""
    await session.execute(
        delete(Ticket)
        .where(func.coalesce(Ticket.ended_at, Ticket.created_at) < moment)
        .execution_options(synchronize_session=False)
    )
