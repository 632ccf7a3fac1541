"""Log in, log out, and the language of the pages."""

from __future__ import annotations

from sanic import Blueprint
from sanic.response import HTTPResponse
from sqlalchemy import update

from backends.console import cookies
from backends.console.addresses import inside
from backends.console.texts import LANGUAGES
from backends.console.visit import Visit, page
from backends.db import now
from backends.errors import invalid_request
from backends.staff.login import log_in
from backends.staff.models import Staff
from backends.staff.sessions import end_session

blueprint = Blueprint("staff_login", url_prefix="/staff")


@page(blueprint, "GET", "/login", login=False)
async def login_form(visit: Visit) -> HTTPResponse:
    """Show the form; who is logged in goes on."""
    following = inside(visit.query("next"))
    if visit.login is not None:
        return visit.go(following)
    return visit.page("login/login.html", problem=None, username="", following=following)


@page(blueprint, "POST", "/login", login=False)
async def login(visit: Visit) -> HTTPResponse:
    """Look at the pair; say no more than that it is wrong, or locked."""
    username, following = visit.form.one("username")[:200], inside(visit.form.one("next"))
    request = visit.request
    outcome = await log_in(
        visit.db, username, visit.form.raw("password"), request.remote_addr or request.ip, now()
    )
    if outcome.token is None:
        status, problem = 403, "login.wrong"
        if outcome.locked_until is not None:
            status, problem = 429, "login.locked"
        answer = visit.page(
            "login/login.html", status, problem=problem, username=username, following=following
        )
        if outcome.locked_until is not None:
            left = int((outcome.locked_until - now()).total_seconds())
            answer.headers["Retry-After"] = str(max(1, left))
        return answer
    answer = visit.go(following)
    cookies.put(request, answer, cookies.LOGIN, outcome.token)
    return answer


@page(blueprint, "POST", "/logout")
async def logout(visit: Visit) -> HTTPResponse:
    """End this login."""
    async with visit.db.write() as session:
        await end_session(session, visit.request.cookies.get(cookies.LOGIN, ""))
    answer = visit.go("/staff/login")
    cookies.drop(answer, cookies.LOGIN)
    return answer


@page(blueprint, "POST", "/language", login=False)
async def choose_language(visit: Visit) -> HTTPResponse:
    """Take the other language, for the account if there is one, and come back."""
    language = visit.form.one("language")
    if language not in LANGUAGES:
        raise invalid_request("There are no pages in that language.")
    if visit.login is not None:
        async with visit.db.write() as session:
            await session.execute(
                update(Staff)
                .where(Staff.id == visit.staff.id)
                .values(console_language=language)
                .execution_options(synchronize_session=False)
            )
    answer = visit.go(inside(visit.form.one("next")))
    cookies.put(visit.request, answer, cookies.LANGUAGE, language)
    return answer
