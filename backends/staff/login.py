"""Logging in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backends.db import Database
from backends.staff import accounts, passwords, throttle
from backends.staff.sessions import open_session


@dataclass(frozen=True)
class Outcome:
    """What came of a try: a token, or a lock, or neither when the pair was wrong."""

    token: str | None = None
    locked_until: datetime | None = None


async def log_in(
    db: Database, username: str, password: str, address: str, moment: datetime
) -> Outcome:
    """Begin a login if the password is that of an active account.

    The same is done and reckoned for a name that nobody has.

    Args:
        db: the database.
        username: as typed.
        password: as typed.
        address: where the try comes from.
        moment: now.
    """
    subject = throttle.subject_of(username, address)
    async with db.write() as session:
        locked = await throttle.count(session, subject, moment)
    if locked is not None:
        return Outcome(locked_until=locked)
    async with db.read() as session:
        account = await accounts.find(session, username)
    known = account.password_hash if account is not None and account.active else None
    # Outside any transaction: it takes long, and nobody else need wait for it.
    right = await passwords.verify_password(known, password[: passwords.LONGEST + 1])
    if not right or account is None:
        return Outcome()
    renewed = (
        await passwords.hash_password(password) if passwords.is_outdated(known or "") else None
    )
    async with db.write() as session:
        current = await accounts.find(session, username)
        if current is None or not current.active or current.password_hash != known:
            return Outcome()
        if renewed:
            current.password_hash = renewed
        await throttle.clear(session, subject)
        return Outcome(token=await open_session(session, current, moment))
