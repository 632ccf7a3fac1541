"""Supervisors plan outreaches, see how far they have come, and stop them."""

from __future__ import annotations

import re

from sanic import Blueprint
from sanic.response import HTTPResponse

from backends.campaigns.outreach import planning
from backends.campaigns.outreach.desk import Desk
from backends.campaigns.outreach.dry_run import DryRun, dry_run
from backends.campaigns.outreach.schemas import REFERENCE_PATTERN
from backends.console.outreach import content
from backends.console.outreach.plan_form import PlanFormError, read_audience, read_plan
from backends.console.visit import Visit, page
from backends.db import now
from backends.errors import ApiError, not_found
from backends.staff.models import SUPERVISOR

blueprint = Blueprint("staff_outreach", url_prefix="/staff")
_HOME = "/staff/outreach"


@page(blueprint, "GET", "/outreach", roles=(SUPERVISOR,))
async def outreaches(visit: Visit) -> HTTPResponse:
    """List them, the newest first."""
    asked = visit.query("page")
    number = int(asked) if re.fullmatch(r"[1-9][0-9]{0,4}", asked) else 1
    rows, more = await content.listed(visit, number)
    return visit.page("outreach/list.html", rows=rows, number=number, more=more)


@page(blueprint, "GET", "/outreach/new", roles=(SUPERVISOR,))
async def new(visit: Visit) -> HTTPResponse:
    """Show the form."""
    return await _form(visit)


@page(blueprint, "POST", "/outreach", roles=(SUPERVISOR,))
async def draft(visit: Visit) -> HTTPResponse:
    """Count the audience, or write the plan down as a draft."""
    desk, moment = _desk(visit), now()
    run: DryRun | None = None
    try:
        if visit.form.one("do") == "look":
            customers = await desk.audiences.customers(read_audience(visit.form))
            run = await dry_run(visit.db, desk.checks, customers, moment)
            return await _form(visit, run=run)
        plan = read_plan(visit.form, moment)
        made = await planning.draft(visit.db, desk.audiences, desk.rules, plan, moment)
    except PlanFormError as error:
        return await _form(visit, 400, problem=error.code)
    except ApiError as error:
        return await _form(visit, error.status, problem=_reason(error), run=run)
    return visit.go(f"{_HOME}/{made.reference}")


@page(blueprint, "GET", "/outreach/<reference:str>", roles=(SUPERVISOR,))
async def one(visit: Visit) -> HTTPResponse:
    """Show one outreach with its counts and what came of it."""
    return await _one(visit)


@page(blueprint, "POST", "/outreach/<reference:str>/plan", roles=(SUPERVISOR,))
async def set_going(visit: Visit) -> HTTPResponse:
    """Set a draft going."""
    desk, reference = _desk(visit), _reference(visit)
    try:
        await planning.plan(visit.db, desk.audiences, desk.rules, reference, now())
    except ApiError as error:
        return await _one(visit, error.status, problem=_reason(error))
    desk.worker.wake()
    return visit.go(f"{_HOME}/{reference}")


@page(blueprint, "POST", "/outreach/<reference:str>/stop", roles=(SUPERVISOR,))
async def stop(visit: Visit) -> HTTPResponse:
    """Stop it; what is on its way arrives."""
    reference = _reference(visit)
    try:
        async with visit.db.write() as session:
            await planning.stop(session, reference, now())
    except ApiError as error:
        return await _one(visit, error.status, problem=_reason(error))
    return visit.go(f"{_HOME}/{reference}")


async def _form(
    visit: Visit, status: int = 200, *, problem: str = "", run: DryRun | None = None
) -> HTTPResponse:
    shown = await content.choices(visit, _desk(visit))
    return visit.page(
        "outreach/new.html", status, form=visit.form, problem=problem, run=run, **vars(shown)
    )


async def _one(visit: Visit, status: int = 200, *, problem: str = "") -> HTTPResponse:
    shown = await content.one(visit, _desk(visit), _reference(visit))
    return visit.page("outreach/one.html", status, problem=problem, **vars(shown))


def _reason(error: ApiError) -> str:
    if error.status != 409:
        raise error
    return str(error.extra.get("reason", "other"))


def _reference(visit: Visit) -> str:
    reference = visit.path["reference"]
    if not re.fullmatch(REFERENCE_PATTERN.strip("^$"), reference):
        raise not_found()
    return reference


def _desk(visit: Visit) -> Desk:
    return visit.request.app.ctx.outreach
