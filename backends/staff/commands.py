"""``python -m backends staff …``: the accounts of those who answer customers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import typer

from backends.setup_error import SetupError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from backends.db import Database
    from backends.staff.models import Staff

Made = TypeVar("Made")

cli = typer.Typer(
    help="Accounts of those who answer customers at /staff: add, list, password, disable, slack.",
    no_args_is_help=True,
)

_USERNAME = typer.Argument(..., metavar="USERNAME", help="The name of the login.")
_SLACK_USER = typer.Argument(
    None, metavar="[SLACK_USER]", help="A Slack member id, such as U012AB3CD; none unties it."
)
_NAME = typer.Option(None, help="What customers read; the user name if left out.")
_ROLE = typer.Option(None, help="agent or supervisor; the first account is a supervisor.")
_LANGUAGE = typer.Option([], help="A language they answer in, zh or en; may be repeated.")

# What each refusal of `StaffError` is on a command line.
_SENTENCES = {
    "taken": "There is an account {username} already.",
    "username": "A user name has 2 to 40 of a-z, 0-9, dot, hyphen, underscore, and begins with "
    "a letter or digit.",
    "name": "A name has 1 to {most} characters.",
    "role": "A role is one of {roles}.",
    "languages": "Languages are {languages}.",
    "password_short": "A password has at least {least} characters.",
    "password_long": "A password has at most {most} characters.",
    "password_username": "A password must not hold the user name.",
    "last_supervisor": "This is the last supervisor: make another first.",
    "slack_user": "A Slack member id looks like U012AB3CD (profile, Copy member ID).",
    "slack_taken": "That Slack member is tied to {username}.",
    "unknown": "There is no account {username}.",
}


@cli.command()
def add(
    username: str = _USERNAME,
    name: str | None = _NAME,
    role: str | None = _ROLE,
    language: list[str] = _LANGUAGE,
) -> None:
    """Make an account. The password is asked for, or read from standard input."""

    async def work(database: Database) -> str:
        from backends.staff import accounts
        from backends.staff.errors import StaffError
        from backends.staff.models import LANGUAGES
        from backends.staff.passwords import hash_password

        wanted = accounts.check_username(username)
        # No transaction is held while somebody types.
        async with database.read() as session:
            chosen = role or ("agent" if await accounts.is_anybody(session) else "supervisor")
            if await accounts.find(session, wanted) is not None:
                raise StaffError("taken", username=wanted)
        hashed = await hash_password(_ask_password(wanted))
        async with database.write() as session:
            made = await accounts.add(
                session, wanted, hashed, name=name, role=chosen, languages=language or LANGUAGES
            )
        return f"{made.name} ({made.username}) is {made.role} and logs in at /staff."

    typer.echo(_run(work))


@cli.command("list")
def show() -> None:
    """List the accounts."""

    async def work(database: Database) -> list[str]:
        from backends.staff.accounts import everybody

        async with database.read() as session:
            return [_line(account) for account in await everybody(session)]

    lines = _run(work)
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo("There is no account yet: make one with `xiaoer staff add NAME`.")


@cli.command()
def password(username: str = _USERNAME) -> None:
    """Give an account another password, asked for or read from standard input."""

    async def work(database: Database) -> str:
        from backends.staff import accounts
        from backends.staff.passwords import hash_password

        async with database.read() as session:
            account = await _find(session, username)
        hashed = await hash_password(_ask_password(account.username))
        async with database.write() as session:
            await accounts.set_password(session, await _find(session, username), hashed)
        return f"{account.username} has the new password; earlier logins have ended."

    typer.echo(_run(work))


@cli.command()
def disable(
    username: str = _USERNAME,
    undo: bool = typer.Option(False, "--undo", help="Enable it again."),
) -> None:
    """Disable an account and end its logins; what it wrote stays."""

    async def work(database: Database) -> str:
        from backends.staff.accounts import set_active

        async with database.write() as session:
            account = await _find(session, username)
            await set_active(session, account, undo)
        return f"{account.username} is {'enabled' if undo else 'disabled'}."

    typer.echo(_run(work))


@cli.command()
def slack(username: str = _USERNAME, slack_user: str | None = _SLACK_USER) -> None:
    """Tie an account to a Slack member, who then answers customers from Slack."""

    async def work(database: Database) -> str:
        from backends.staff.accounts import set_slack_user

        async with database.write() as session:
            account = await _find(session, username)
            await set_slack_user(session, account, slack_user)
        tied = f"is tied to the Slack member {slack_user}" if slack_user else "is tied to nobody"
        return f"{account.username} {tied}."

    typer.echo(_run(work))


def _run(work: Callable[[Database], Awaitable[Made]]) -> Made:
    from backends.db import checked_database
    from backends.settings import load_settings
    from backends.staff.errors import StaffError

    async def in_database() -> Made:
        async with checked_database(load_settings()) as database:
            return await work(database)

    try:
        return asyncio.run(in_database())
    except StaffError as refusal:
        raise SetupError(_SENTENCES[refusal.code].format(**refusal.details)) from None


async def _find(session: AsyncSession, username: str) -> Staff:
    from backends.staff.accounts import find
    from backends.staff.errors import StaffError

    account = await find(session, username)
    if account is None:
        raise StaffError("unknown", username=username.strip().lower())
    return account


def _ask_password(username: str) -> str:
    from backends.staff.accounts import check_password

    if sys.stdin.isatty():
        given = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    return check_password(given, username)


def _line(account: Staff) -> str:
    parts = [
        account.username,
        account.name,
        account.role,
        "+".join(account.languages),
        *([f"slack {account.slack_user}"] if account.slack_user else []),
        *([] if account.active else ["disabled"]),
        *([] if account.password_hash or not account.active else ["no password"]),
    ]
    return "  ".join(parts)
