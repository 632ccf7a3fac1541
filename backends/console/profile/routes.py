"""The page about oneself, and the switch between online and away."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint
from sanic.response import HTTPResponse

from backends.console import cookies
from backends.console.addresses import inside
from backends.console.visit import Visit, page
from backends.db import now
from backends.errors import not_found
from backends.staff import accounts, passwords, throttle
from backends.staff.errors import StaffError
from backends.staff.models import Staff
from backends.staff.sessions import open_session

blueprint = Blueprint("staff_profile", url_prefix="/staff")


@page(blueprint, "GET", "/me")
async def profile(visit: Visit) -> HTTPResponse:
    """Show the forms."""
    return _page(visit)


@page(blueprint, "POST", "/me")
async def change(visit: Visit) -> HTTPResponse:
    """Change name, languages and the most tickets at once."""
    try:
        async with visit.db.write() as session:
            own = await _own(session, visit)
            own.name = accounts.check_name(visit.form.one("name"))
            own.languages = accounts.check_languages(visit.form.many("languages"))
            own.most_tickets = accounts.check_most_tickets(visit.form.one("most_tickets"))
    except StaffError as refusal:
        return _page(visit, 400, refusal=refusal)
    return visit.go("/staff/me?done=1")


@page(blueprint, "POST", "/me/password")
async def change_password(visit: Visit) -> HTTPResponse:
    """Take a new password for the old one; all other logins end."""
    old, new = visit.form.raw("old"), visit.form.raw("new")
    # Who found a page left open must not guess here either.
    subject = throttle.subject_of(visit.staff.username, "change of password")
    async with visit.db.write() as session:
        locked = await throttle.count(session, subject, now())
    if locked or not await passwords.verify_password(visit.staff.password_hash, old):
        code = "locked" if locked else "password_old"
        return _page(visit, 429 if locked else 403, refusal=StaffError(code))
    try:
        if new != visit.form.raw("again"):
            raise StaffError("password_again")
        accounts.check_password(new, visit.staff.username)
    except StaffError as refusal:
        return _page(visit, 400, refusal=refusal)
    hashed = await passwords.hash_password(new)
    async with visit.db.write() as session:
        own = await _own(session, visit)
        await throttle.clear(session, subject)
        await accounts.set_password(session, own, hashed)
        token = await open_session(session, own, now())
    answer = visit.go("/staff/me?done=1")
    cookies.put(visit.request, answer, cookies.LOGIN, token)
    return answer


@page(blueprint, "POST", "/presence")
async def presence(visit: Visit) -> HTTPResponse:
    """Be away, or back."""
    async with visit.db.write() as session:
        own = await _own(session, visit)
        own.away = visit.form.one("away") == "1"
    return visit.go(inside(visit.form.one("next")))


async def _own(session: Any, visit: Visit) -> Staff:
    own = await session.get(Staff, visit.staff.id)
    if own is None:
        raise not_found()
    return own


def _page(visit: Visit, status: int = 200, refusal: StaffError | None = None) -> HTTPResponse:
    return visit.page(
        "profile/profile.html",
        status,
        refusal=refusal,
        done=visit.query("done") == "1",
        shortest=passwords.SHORTEST,
        most=accounts.MOST_TICKETS,
    )
