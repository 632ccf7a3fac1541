"""Supervisors see the accounts, make new ones and change them."""

from __future__ import annotations

import re

from sanic import Blueprint
from sanic.response import HTTPResponse

from backends.console.visit import Visit, page
from backends.db import now
from backends.errors import not_found
from backends.staff import accounts, passwords
from backends.staff.errors import StaffError
from backends.staff.models import SUPERVISOR, Staff
from backends.staff.presence import is_present

blueprint = Blueprint("staff_team", url_prefix="/staff")


@page(blueprint, "GET", "/team", roles=(SUPERVISOR,))
async def team(visit: Visit) -> HTTPResponse:
    """List the accounts."""
    return await _list(visit)


@page(blueprint, "POST", "/team", roles=(SUPERVISOR,))
async def add(visit: Visit) -> HTTPResponse:
    """Make an account."""
    form = visit.form
    try:
        username = accounts.check_username(form.one("username"))
        password = accounts.check_password(form.raw("password"), username)
        hashed = await passwords.hash_password(password)
        async with visit.db.write() as session:
            await accounts.add(
                session,
                username,
                hashed,
                name=form.one("name"),
                role=form.one("role"),
                languages=form.many("languages"),
            )
    except StaffError as refusal:
        return await _list(visit, 400, refusal)
    return visit.go("/staff/team?done=1")


@page(blueprint, "GET", "/team/<number:str>", roles=(SUPERVISOR,))
async def account(visit: Visit) -> HTTPResponse:
    """Show one account."""
    return await _one(visit)


@page(blueprint, "POST", "/team/<number:str>", roles=(SUPERVISOR,))
async def change(visit: Visit) -> HTTPResponse:
    """Change an account: all fields of its form, and the password if one is given."""
    form, new = visit.form, visit.form.raw("password")
    found = await _account(visit)
    try:
        hashed = None
        if new:
            accounts.check_password(new, found.username)
            hashed = await passwords.hash_password(new)
        async with visit.db.write() as session:
            changed = await session.get(Staff, found.id)
            changed.name = accounts.check_name(form.one("name"))
            changed.languages = accounts.check_languages(form.many("languages"))
            changed.most_tickets = accounts.check_most_tickets(form.one("most_tickets"))
            await accounts.set_slack_user(session, changed, form.one("slack_user") or None)
            await accounts.set_role(session, changed, form.one("role"))
            await accounts.set_active(session, changed, form.one("active") == "1")
            if hashed:
                await accounts.set_password(session, changed, hashed)
    except StaffError as refusal:
        return await _one(visit, 400, refusal)
    return visit.go("/staff/team?done=1")


async def _account(visit: Visit) -> Staff:
    number = visit.path["number"]
    if not re.fullmatch(r"[1-9][0-9]{0,8}", number):
        raise not_found()
    async with visit.db.read() as session:
        found = await session.get(Staff, int(number))
    if found is None:
        raise not_found()
    return found


async def _list(visit: Visit, status: int = 200, refusal: StaffError | None = None) -> HTTPResponse:
    moment = now()
    async with visit.db.read() as session:
        staff = await accounts.everybody(session)
    return visit.page(
        "team/team.html",
        status,
        staff=[(one, is_present(one, moment)) for one in staff],
        form=visit.form,
        refusal=refusal,
        done=visit.query("done") == "1",
        shortest=passwords.SHORTEST,
    )


async def _one(visit: Visit, status: int = 200, refusal: StaffError | None = None) -> HTTPResponse:
    return visit.page(
        "team/account.html",
        status,
        account=await _account(visit),
        refusal=refusal,
        done=False,
        shortest=passwords.SHORTEST,
        most=accounts.MOST_TICKETS,
    )
