"""Five wrong tries lock a user name at an address for a quarter of an hour.

A try is counted before its password is looked at: of tries sent at once none slips through. Names
that nobody has are counted like others, so a lock tells nothing either.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.staff.models import LoginThrottle

TRIES = 5
LOCK = timedelta(minutes=15)
FORGET = timedelta(hours=24)


def subject_of(username: str, address: str) -> str:
    """What is counted: neither names nor addresses stand in the table."""
    return hashlib.sha256(f"{username.strip().lower()}\n{address}".encode()).hexdigest()


async def count(session: AsyncSession, subject: str, moment: datetime) -> datetime | None:
    """Count a try.

    Returns:
        None when its password may be looked at, else when the lock ends.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    fresh = {"subject": subject, "failures": 0, "forget_at": moment + FORGET}
    insert = dialect.insert(LoginThrottle).values(**fresh)
    # Touching the row locks it: tries that are sent at once are counted one by one.
    held = insert.on_conflict_do_update(
        index_elements=["subject"], set_={"subject": insert.excluded.subject}
    )
    await session.execute(held)
    row = await session.get(LoginThrottle, subject, populate_existing=True)
    assert row is not None, "the insert above has made or locked the row"
    if row.locked_until is not None and row.locked_until > moment:
        return row.locked_until
    if row.locked_until is not None or row.forget_at <= moment:
        row.failures, row.locked_until = 0, None
    row.failures += 1
    row.forget_at = moment + FORGET
    if row.failures >= TRIES:
        row.locked_until = moment + LOCK
    return None


async def clear(session: AsyncSession, subject: str) -> None:
    """Forget the tries, after a right one."""
    await session.execute(delete(LoginThrottle).where(LoginThrottle.subject == subject))


async def forget_old(session: AsyncSession, moment: datetime) -> None:
    """Delete counters that have nothing to say any more."""
    await session.execute(
        delete(LoginThrottle)
        .where(LoginThrottle.forget_at < moment)
        .execution_options(synchronize_session=False)
    )
