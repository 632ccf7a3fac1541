"""Writing down what became of a message that was sent, or tried."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach.claiming import Parcel
from backends.campaigns.outreach.models import (
    CLAIMED,
    FAILED,
    SENT,
    SKIPPED,
    WAITING,
    OutreachSend,
)
from backends.rasa import Outcome

_SLOWEST = timedelta(minutes=10)
#: When it is looked first at what came of a message.
FIRST_LOOK = timedelta(minutes=1)


async def note(session: AsyncSession, parcel: Parcel, outcome: Outcome, moment: datetime) -> None:
    """Write an outcome down.

    That it was sent is true whoever has the row by now, for it was sent under one id; of anything
    else only the one who has the row may speak.
    """
    query = select(OutreachSend).where(OutreachSend.id == parcel.send_id).with_for_update()
    found = await session.execute(query.execution_options(populate_existing=True))
    row = found.scalar_one_or_none()
    if row is None or row.state == SENT:
        return
    if outcome.result == "sent":
        row.state, row.reason, row.detail = SENT, None, None
        row.is_unsure = False
        row.sent_at, row.try_at = moment, moment + FIRST_LOOK
        return
    if row.state != CLAIMED or row.attempts != parcel.attempt:
        return
    if outcome.result == "later":
        row.state, row.reason = WAITING, "unreachable"
        row.is_unsure = row.is_unsure or outcome.is_unsure
        row.try_at = moment + pause_of(outcome, row.attempts)
        return
    row.try_at = None
    if outcome.result == "no_push":
        row.state, row.reason = SKIPPED, "no_push"
    else:
        row.state, row.reason, row.detail = FAILED, "refused", outcome.reason


def pause_of(outcome: Outcome, attempts: int) -> timedelta:
    """How long to wait before the next try: as asked for, else twice as long each time."""
    if outcome.retry_after is not None:
        return timedelta(seconds=max(outcome.retry_after, 1))
    return min(timedelta(seconds=2 ** min(attempts - 1, 10)), _SLOWEST)
