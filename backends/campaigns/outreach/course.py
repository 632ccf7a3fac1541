"""The course of an outreach: it begins when its time has come, and ends when nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach.audience import Audiences, OutreachAudience
from backends.campaigns.outreach.claiming import UNKNOWN
from backends.campaigns.outreach.models import (
    CLAIMED,
    DONE,
    FAILED,
    PLANNED,
    SENDING,
    SKIPPED,
    STOPPED,
    WAITING,
    Outreach,
    OutreachSend,
)
from backends.customers.finding import existing_ids
from backends.db import Database
from backends.errors import ApiError

_AT_ONCE = 300


async def begin_due(db: Database, audiences: Audiences, moment: datetime) -> int:
    """Begin what was planned for now: write down whom it goes to, some hundred at a time.

    After a crash in between it is done again, and who is written down already stays so.

    Returns:
        How many began.
    """
    async with db.read() as session:
        planned = select(Outreach).where(Outreach.state == PLANNED, Outreach.begins_at <= moment)
        due = list((await session.execute(planned)).scalars())
    for outreach in due:
        try:
            customers = await audiences.customers(OutreachAudience.parse_obj(outreach.audience))
        except ApiError:
            # The segment or product is gone: nobody is in it.
            customers = []
        for start in range(0, len(customers), _AT_ONCE):
            async with db.write() as session:
                await _write_down(session, outreach, customers[start : start + _AT_ONCE], moment)
        async with db.write() as session:
            size = select(func.count()).where(OutreachSend.outreach_id == outreach.id)
            await session.execute(
                update(Outreach)
                .where(Outreach.id == outreach.id, Outreach.state == PLANNED)
                .values(state=SENDING, size=size.scalar_subquery())
                .execution_options(synchronize_session=False)
            )
    return len(due)


async def _write_down(
    session: AsyncSession, outreach: Outreach, customers: Sequence[str], moment: datetime
) -> None:
    state = select(Outreach.state).where(Outreach.id == outreach.id).with_for_update(read=True)
    if (await session.execute(state)).scalar_one_or_none() != PLANNED:
        return
    there = await existing_ids(session, customers)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [
        {
            "outreach_id": outreach.id,
            "campaign": outreach.reference,
            "customer_id": customer,
            "state": WAITING,
            "attempts": 0,
            "is_unsure": False,
            "try_at": moment,
            "revenue_fen": 0,
            "is_rewarded": False,
        }
        for customer in customers
        if customer in there
    ]
    if rows:
        await session.execute(insert(OutreachSend).values(rows).on_conflict_do_nothing())


async def end_due(db: Database, moment: datetime) -> None:
    """End what has come to its end, and see to rows that were left claimed after an end."""
    async with db.write() as session:
        over = select(Outreach.id).where(Outreach.state == SENDING, Outreach.ends_at <= moment)
        for outreach_id in list((await session.execute(over)).scalars()):
            await drop_waiting(session, outreach_id, "ended")
        await session.execute(
            update(OutreachSend)
            .where(
                OutreachSend.state == CLAIMED,
                OutreachSend.try_at <= moment,
                OutreachSend.outreach_id.in_(
                    select(Outreach.id).where(
                        (Outreach.state != SENDING) | (Outreach.ends_at <= moment)
                    )
                ),
            )
            .values(state=FAILED, reason=UNKNOWN, is_unsure=True, try_at=None)
            .execution_options(synchronize_session=False)
        )
        open_rows = exists().where(
            OutreachSend.outreach_id == Outreach.id, OutreachSend.state.in_((WAITING, CLAIMED))
        )
        await session.execute(
            update(Outreach)
            .where(Outreach.state == SENDING, ~open_rows)
            .values(state=DONE, ended_at=moment)
            .execution_options(synchronize_session=False)
        )


async def drop_waiting(session: AsyncSession, outreach_id: int, reason: str) -> None:
    """Send nothing more of an outreach; who waited for a reason was skipped for that reason.

    Args:
        session: a write session.
        outreach_id: which.
        reason: of those who only had not had their turn.
    """
    unsure = OutreachSend.is_unsure
    await session.execute(
        update(OutreachSend)
        .where(OutreachSend.outreach_id == outreach_id, OutreachSend.state == WAITING)
        .values(
            state=case((unsure, FAILED), else_=SKIPPED),
            reason=case((unsure, UNKNOWN), else_=func.coalesce(OutreachSend.reason, reason)),
            try_at=None,
        )
        .execution_options(synchronize_session=False)
    )


async def put_off_all(session: AsyncSession, until: datetime, moment: datetime) -> None:
    """In quiet hours let all that is due wait for their end, in one statement."""
    await session.execute(
        update(OutreachSend)
        .where(
            OutreachSend.state == WAITING,
            OutreachSend.try_at <= moment,
            OutreachSend.outreach_id.in_(select(Outreach.id).where(Outreach.state == SENDING)),
        )
        .values(try_at=until, reason="quiet_hours")
        .execution_options(synchronize_session=False)
    )


async def stop(session: AsyncSession, outreach: Outreach, moment: datetime) -> None:
    """Stop an outreach that is held; what is on its way arrives, nothing more is sent."""
    outreach.state, outreach.ended_at = STOPPED, moment
    await session.flush()
    await drop_waiting(session, outreach.id, "stopped")
