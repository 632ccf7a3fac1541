"""Which tickets are to be posted, and by whom of several processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database, now
from backends.errors import unavailable
from backends.handoff.models import Ticket
from backends.handoff.slack.models import SlackThread

# Longer than one message may wait for Slack's rate limit.
LEASE = timedelta(seconds=60)
_MOST_PUT_OFF = timedelta(minutes=5)
# Together less than the three seconds that Slack waits.
_PATIENCE, _PAUSE = 10, 0.2


@dataclass
class Progress:
    """How far a thread has come; see `SlackThread`."""

    ticket_id: int
    thread: str | None = None
    shown: str = ""
    said_until: int = 0
    told: list[int] = field(default_factory=list)
    attempts: int = 0


async def due(db: Database, limit: int = 20) -> list[tuple[int, str]]:
    """Id and reference of tickets that have changed since they were posted, oldest change first."""
    unposted = SlackThread.ticket_id.is_(None) & (Ticket.state != "ended")
    changed = (SlackThread.version < Ticket.version) & (SlackThread.try_at <= now())
    async with db.read() as session:
        rows = await session.execute(
            select(Ticket.id, Ticket.reference)
            .outerjoin(SlackThread, SlackThread.ticket_id == Ticket.id)
            .where(or_(unposted, changed))
            .order_by(Ticket.version)
            .limit(limit)
        )
        return [(ticket_id, reference) for ticket_id, reference in rows]


async def claim(db: Database, ticket_id: int) -> Progress | None:
    """Be the one who posts a ticket for a while; None when another is."""
    async with db.write() as session:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        first = insert(SlackThread).values(
            ticket_id=ticket_id, shown="", said_until=0, told=[], version=0, attempts=0,
            try_at=now() + LEASE,
        )  # fmt: skip
        made = await session.execute(first.on_conflict_do_nothing())
        if made.rowcount:
            return Progress(ticket_id)
        taken = await _set(session, ticket_id, SlackThread.try_at <= now(), try_at=now() + LEASE)
        if not taken:
            return None
        row = await session.get(SlackThread, ticket_id)
        return Progress(
            ticket_id, row.thread, row.shown, row.said_until, list(row.told), row.attempts
        )


async def note(db: Database, progress: Progress) -> None:
    """Note what was posted, and stay the one who posts."""
    async with db.write() as session:
        await _set(session, progress.ticket_id, True, **_values(progress), try_at=now() + LEASE)


async def finish(db: Database, progress: Progress, version: int) -> None:
    """Note that a version of the ticket is posted, and let others post what comes."""
    progress.attempts = 0
    async with db.write() as session:
        values = _values(progress)
        await _set(session, progress.ticket_id, True, **values, version=version, try_at=now())


async def put_off(db: Database, progress: Progress) -> timedelta:
    """Try again later, each time after twice as long; returns after how long."""
    wait = min(_MOST_PUT_OFF, timedelta(seconds=2**progress.attempts))
    progress.attempts = min(progress.attempts + 1, 16)
    async with db.write() as session:
        await _set(session, progress.ticket_id, True, **_values(progress), try_at=now() + wait)
    return wait


async def reference_of(db: Database, thread: str) -> str | None:
    """The reference of the ticket that a thread is about; None for one about something else.

    Somebody may be quicker to answer a thread than we are to note it: while one is being posted,
    it is waited for.

    Raises:
        ApiError: 503 when that takes too long.
    """
    wanted = (
        select(Ticket.reference)
        .join(SlackThread, SlackThread.ticket_id == Ticket.id)
        .where(SlackThread.thread == thread)
    )
    posting = select(SlackThread.ticket_id).where(
        SlackThread.thread.is_(None), SlackThread.attempts == 0, SlackThread.try_at > now()
    )
    for _ in range(_PATIENCE):
        async with db.read() as session:
            # In this order: what is noted between the two is found.
            is_posting = (await session.execute(posting.limit(1))).first() is not None
            reference: str | None = (await session.execute(wanted)).scalar_one_or_none()
        if reference is not None or not is_posting:
            return reference
        await asyncio.sleep(_PAUSE)
    raise unavailable()


def _values(progress: Progress) -> dict[str, Any]:
    return {
        "thread": progress.thread,
        "shown": progress.shown,
        "said_until": progress.said_until,
        "told": progress.told,
        "attempts": progress.attempts,
    }


async def _set(session: AsyncSession, ticket_id: int, condition: Any, **values: Any) -> int:
    changed = update(SlackThread).where(SlackThread.ticket_id == ticket_id)
    if condition is not True:
        changed = changed.where(condition)
    done = await session.execute(
        changed.values(**values).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)
