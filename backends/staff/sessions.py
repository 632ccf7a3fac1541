"""Logins: a random token in the browser, its hash in the table; twelve hours from the last use."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database
from backends.staff.models import Staff, StaffSession

LIFE = timedelta(hours=12)
# A use is written down at most so often, for each is a write.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Login:
    """Whom a token belongs to.

    Attributes:
        staff: the account.
        csrf: the word that forms of this login carry.
        noted_at: when its use was last written down.
    """

    staff: Staff
    csrf: str
    noted_at: datetime


async def open_session(session: AsyncSession, account: Staff, moment: datetime) -> str:
    """Begin a login; return its token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=_hash(token),
            staff_id=account.id,
            csrf=secrets.token_urlsafe(32),
            created_at=moment,
            seen_at=moment,
            expires_at=moment + LIFE,
        )
    )
    account.seen_at = moment
    await session.flush()
    return token


async def find_login(db: Database, token: str, moment: datetime) -> Login | None:
    """Whom a token belongs to; None when it has ended or the account is disabled."""
    wanted = (
        select(Staff, StaffSession.csrf, StaffSession.seen_at)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(StaffSession.token_hash == _hash(token), StaffSession.expires_at > moment)
        .where(Staff.active)
    )
    async with db.read() as session:
        row = (await session.execute(wanted)).first()
    return Login(*row) if row else None


async def note_use(db: Database, token: str, login: Login, moment: datetime) -> None:
    """Let a login live on and its person be present, unless that was done a moment ago."""
    if moment - login.noted_at < NOTED_EVERY:
        return
    async with db.write() as session:
        await session.execute(
            update(StaffSession)
            .where(StaffSession.token_hash == _hash(token))
            .values(seen_at=moment, expires_at=moment + LIFE)
            .execution_options(synchronize_session=False)
        )
        await session.execute(
            update(Staff)
            .where(Staff.id == login.staff.id)
            .values(seen_at=moment)
            .execution_options(synchronize_session=False)
        )


async def end_session(session: AsyncSession, token: str) -> None:
    """Log out."""
    await session.execute(
        delete(StaffSession)
        .where(StaffSession.token_hash == _hash(token))
        .execution_options(synchronize_session=False)
    )


async def forget_ended(session: AsyncSession, moment: datetime) -> None:
    """Delete logins whose time is over."""
    await session.execute(
        delete(StaffSession)
        .where(StaffSession.expires_at < moment)
        .execution_options(synchronize_session=False)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
