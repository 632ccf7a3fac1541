"""Who is there: on the pages within the last two minutes, and not away by their own word."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.staff.models import Staff

PRESENT_FOR = timedelta(minutes=2)


def is_present(account: Staff, moment: datetime) -> bool:
    """Whether somebody can be given a ticket now."""
    return bool(
        account.active
        and not account.away
        and account.seen_at is not None
        and moment - account.seen_at <= PRESENT_FOR
    )


async def note_presence(session: AsyncSession, staff_id: int, moment: datetime) -> None:
    """Somebody's page is open, or they acted in Slack."""
    await session.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(seen_at=moment)
        .execution_options(synchronize_session=False)
    )
