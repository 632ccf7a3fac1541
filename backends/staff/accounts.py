"""Making, finding and changing the accounts of staff."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import now
from backends.fields import has_control
from backends.staff import passwords
from backends.staff.errors import StaffError
from backends.staff.models import LANGUAGES, ROLES, SUPERVISOR, Staff, StaffSession

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,30}")
LONGEST_NAME = 40
MOST_TICKETS = 99


async def find(session: AsyncSession, username: str) -> Staff | None:
    """The account of a user name, whatever its case."""
    wanted = select(Staff).where(Staff.username == username.strip().lower())
    return (await session.execute(wanted)).scalar_one_or_none()


async def find_slack_user(session: AsyncSession, slack_user: str) -> Staff | None:
    """The active account of a Slack user id, such as ``U012AB3CD``."""
    wanted = select(Staff).where(Staff.slack_user == slack_user, Staff.active)
    return (await session.execute(wanted)).scalar_one_or_none()


async def everybody(session: AsyncSession) -> list[Staff]:
    """All accounts: active ones first, then by name."""
    ordered = select(Staff).order_by(Staff.active.desc(), Staff.name, Staff.id)
    return list((await session.execute(ordered)).scalars())


async def is_anybody(session: AsyncSession) -> bool:
    """Whether there is an active account."""
    return bool((await session.execute(select(Staff.id).where(Staff.active).limit(1))).first())


async def add(
    session: AsyncSession,
    username: str,
    password_hash: str | None,
    *,
    name: str | None = None,
    role: str = "agent",
    languages: Iterable[str] = LANGUAGES,
    console_language: str | None = None,
) -> Staff:
    """Make an account.

    Args:
        session: a session of ``Database.write()``.
        username: letters, digits, dots, hyphens; stored in lower case.
        password_hash: of `passwords.hash_password`; None for an account that cannot log in.
        name: what customers read; the user name by default.
        role: of `ROLES`.
        languages: those they answer in; all by default.
        console_language: of their pages; the first of ``languages`` by default.

    Raises:
        StaffError: ``username``, ``name``, ``role``, ``languages`` (not usable) or ``taken``.
    """
    username = check_username(username)
    if await find(session, username) is not None:
        raise StaffError("taken", username=username)
    spoken = check_languages(languages)
    account = Staff(
        username=username,
        name=check_name(name or username),
        role=check_role(role),
        languages=spoken,
        console_language=check_languages([console_language or spoken[0]])[0],
        password_hash=password_hash,
        active=True,
        away=False,
        created_at=now(),
    )
    session.add(account)
    await session.flush()
    return account


async def set_password(session: AsyncSession, account: Staff, password_hash: str) -> None:
    """Give an account another password and end all its logins."""
    account.password_hash = password_hash
    await end_sessions(session, account)


async def set_active(session: AsyncSession, account: Staff, active: bool) -> None:
    """Disable an account and end its logins, or enable it again.

    Raises:
        StaffError: ``last_supervisor``.
    """
    if not active:
        await _keep_a_supervisor(session, account)
        await end_sessions(session, account)
    account.active = active


async def set_role(session: AsyncSession, account: Staff, role: str) -> None:
    """Change a role.

    Raises:
        StaffError: ``role`` (there is none such) or ``last_supervisor``.
    """
    if check_role(role) != SUPERVISOR:
        await _keep_a_supervisor(session, account)
    account.role = role


async def set_slack_user(session: AsyncSession, account: Staff, slack_user: str | None) -> None:
    """Tie an account to a Slack user, or to none.

    Raises:
        StaffError: ``slack_user`` (not such an id) or ``slack_taken``.
    """
    if slack_user is not None:
        if not SLACK_USER.fullmatch(slack_user):
            raise StaffError("slack_user")
        holder = select(Staff).where(Staff.slack_user == slack_user, Staff.id != account.id)
        other = (await session.execute(holder)).scalar_one_or_none()
        if other is not None:
            raise StaffError("slack_taken", username=other.username)
    account.slack_user = slack_user


async def end_sessions(session: AsyncSession, account: Staff) -> None:
    """End all logins of an account."""
    ended = delete(StaffSession).where(StaffSession.staff_id == account.id)
    await session.execute(ended.execution_options(synchronize_session=False))


def check_password(password: str, username: str) -> str:
    """Return a password that can be taken.

    Raises:
        StaffError: ``password_short``, ``password_long`` or ``password_username``.
    """
    objection = passwords.complaint(password, username)
    if objection:
        raise StaffError(f"password_{objection}", least=passwords.SHORTEST, most=passwords.LONGEST)
    return password


def check_username(username: str) -> str:
    """Return a user name as it is stored.

    Raises:
        StaffError: ``username``.
    """
    lowered = username.strip().lower()
    if not USERNAME.fullmatch(lowered):
        raise StaffError("username")
    return lowered


def check_name(name: str) -> str:
    """Return a name without spaces at its ends.

    Raises:
        StaffError: ``name``.
    """
    trimmed = name.strip()
    if not 0 < len(trimmed) <= LONGEST_NAME or has_control(trimmed):
        raise StaffError("name", most=LONGEST_NAME)
    return trimmed


def check_role(role: str) -> str:
    """Return a role.

    Raises:
        StaffError: ``role``.
    """
    if role not in ROLES:
        raise StaffError("role", roles=", ".join(ROLES))
    return role


def check_languages(languages: Iterable[str]) -> list[str]:
    """Return languages, each once.

    Raises:
        StaffError: ``languages``: none, or one that is not of `LANGUAGES`.
    """
    spoken = list(dict.fromkeys(languages))
    if not spoken or not set(spoken) <= set(LANGUAGES):
        raise StaffError("languages", languages=", ".join(LANGUAGES))
    return spoken


def check_most_tickets(given: str) -> int | None:
    """Return how many tickets somebody takes at once; nothing given is no limit.

    Raises:
        StaffError: ``most_tickets``.
    """
    trimmed = given.strip()
    if not trimmed:
        return None
    if not (trimmed.isascii() and trimmed.isdigit() and 1 <= int(trimmed) <= MOST_TICKETS):
        raise StaffError("most_tickets", most=MOST_TICKETS)
    return int(trimmed)


async def _keep_a_supervisor(session: AsyncSession, account: Staff) -> None:
    if account.role != SUPERVISOR or not account.active:
        return
    others = select(func.count()).where(
        Staff.role == SUPERVISOR, Staff.active, Staff.id != account.id
    )
    if not (await session.execute(others)).scalar_one():
        raise StaffError("last_supervisor")
