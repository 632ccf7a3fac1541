"""The pages of experiments: the list, a new one, and one with its results."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sanic import Blueprint
from sanic.response import HTTPResponse
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.approved import ApprovedCopy, approved_for
from backends.campaigns.experiments import book, keeping
from backends.campaigns.experiments.design import (
    KINDS,
    MEASURES,
    RULES,
    Design,
    DesignError,
    check_design,
    read_design,
)
from backends.campaigns.experiments.off_policy import asking
from backends.campaigns.experiments.off_policy.estimators import NoSupport
from backends.campaigns.experiments.planning import plan
from backends.campaigns.experiments.results import results
from backends.campaigns.experiments.schemas import REFERENCE_PATTERN
from backends.console.experiments import wording
from backends.console.experiments.content import content
from backends.console.experiments.drawing import draw
from backends.console.experiments.form import read_form, read_name, read_per_day
from backends.console.visit import Visit, page
from backends.db import now
from backends.errors import not_found
from backends.staff.models import SUPERVISOR

blueprint = Blueprint("staff_experiments", url_prefix="/staff")
_ONE = "/experiments/<reference:str>"
_MOST_OFFERED = 30
#: What the form of a new experiment begins with.
_DEFAULTS = {
    "name": "", "arms": "A\nB", "kind": "ab", "measure": "conversion", "baseline": "10",
    "effect": "2", "deviation": "", "holdout": "0", "holdout_gets": "control", "alpha": "5",
    "power": "80", "rule": "fixed", "window_days": "7", "reports": "successes", "features": "",
    "per_day": "500",
}  # fmt: skip


@page(blueprint, "GET", "/experiments", roles=(SUPERVISOR,))
async def experiments(visit: Visit) -> HTTPResponse:
    """List them; those that run with what they show so far."""
    moment = now()
    rows = []
    async with visit.db.read() as session:
        for each in await book.every_experiment(session):
            design = read_design(each.design)
            rows.append((each, await _reading(session, visit, each, design, moment)))
    return visit.page("experiments/list.html", rows=rows)


@page(blueprint, "GET", "/experiments/new", roles=(SUPERVISOR,))
async def new(visit: Visit) -> HTTPResponse:
    """The form."""
    last = book.shop_day(now()) + timedelta(days=30)
    return await _form(visit, {**_DEFAULTS, "last_day": last.isoformat()})


@page(blueprint, "POST", "/experiments/new", roles=(SUPERVISOR,))
async def create(visit: Visit) -> HTTPResponse:
    """Show how many customers it needs, or make the draft."""
    typed = {name: visit.form.raw(name) for name in (*_DEFAULTS, "last_day")}
    moment = now()
    try:
        design = check_design(read_form(visit.form), book.shop_day(moment))
        if visit.form.one("step") != "create":
            per_day = read_per_day(visit.form)
            planned = plan(design)
            days = planned.days(per_day, design.window_hours)
            left = (design.last_day - book.shop_day(moment)).days + 1
            return await _form(visit, typed, planned=planned, days=days, left=left, design=design)
        async with visit.db.write() as session:
            made = await book.create(session, read_name(visit.form), design, moment)
    except DesignError as refusal:
        return await _form(visit, typed, 400, refusal)
    return visit.go(f"/staff/experiments/{made.reference}")


@page(blueprint, "GET", _ONE, roles=(SUPERVISOR,))
async def experiment(visit: Visit) -> HTTPResponse:
    """One with its results."""
    return await _one(visit)


@page(blueprint, "POST", _ONE + "/start", roles=(SUPERVISOR,))
async def start(visit: Visit) -> HTTPResponse:
    """Begin to assign."""
    reference = _reference(visit)
    try:
        async with visit.db.write() as session:
            await book.start(session, reference, now())
    except DesignError as refusal:
        return await _one(visit, 409, refusal)
    return visit.go(f"/staff/experiments/{reference}")


@page(blueprint, "POST", _ONE + "/discard", roles=(SUPERVISOR,))
async def discard(visit: Visit) -> HTTPResponse:
    """Delete a draft."""
    async with visit.db.write() as session:
        await book.discard(session, _reference(visit))
    return visit.go("/staff/experiments")


@page(blueprint, "POST", _ONE + "/stop", roles=(SUPERVISOR,))
async def stop(visit: Visit) -> HTTPResponse:
    """Stop it, if that was confirmed."""
    reference = _reference(visit)
    if visit.form.one("sure") != "1":
        return await _one(visit, 400, DesignError("sure", "Stopping was not confirmed."))
    async with visit.db.write() as session:
        await keeping.stop(session, reference, now())
    return visit.go(f"/staff/experiments/{reference}")


@page(blueprint, "POST", _ONE + "/off-policy", roles=(SUPERVISOR,))
async def off_policy(visit: Visit) -> HTTPResponse:
    """Estimate what another policy would have brought."""
    form = visit.form
    kind, _, arm = form.one("policy").partition(":")
    try:
        weights = None
        if kind == asking.WEIGHTS:
            names = form.many("arm")
            weights = {
                name: _weight(typed) for name, typed in zip(names, form.many("weight"), strict=True)
            }
        if kind not in asking.KINDS:
            raise NoSupport("policy", "There is no such policy.")
        question = asking.Question(kind, arm or None, weights)
        async with visit.db.read() as session:
            found = await book.find(session, _reference(visit))
            answer = await asking.ask(session, found, question, now())
    except NoSupport as refusal:
        return await _one(visit, 409, DesignError(f"no_support.{refusal.code}", str(refusal)))
    except ValueError:
        return await _one(visit, 400, DesignError("no_support.weights", "A weight is wrong."))
    methods = ("dr", "snips", "ips")
    intervals = [answer.logged, *(getattr(answer, method) for method in methods)]
    drawn = list(
        zip(("logged", *methods), intervals, draw(intervals, with_zero=False), strict=True)
    )
    return await _one(visit, answer=answer, drawn=drawn, asked=form.one("policy"))


def _weight(typed: str) -> float:
    weight = float(typed or 0)
    if not 0 <= weight <= 1000:
        raise ValueError("out of bounds")
    return weight


def _reference(visit: Visit) -> str:
    reference = visit.path["reference"]
    if not re.fullmatch(REFERENCE_PATTERN, reference):
        raise not_found()
    return reference


async def _reading(session: Any, visit: Visit, each: Any, design: Any, moment: Any) -> str:
    if each.state == "draft":
        return visit.texts("experiments.needs", planned=f"{plan(design).units:,}")
    kept = each.outcome
    if kept is None:
        found = await results(session, each, moment)
        return wording.reading(design, found.decision, found.settled, found.planned, visit.texts)
    decision = wording.Decision(kept["state"], kept["arm"], kept["low"], kept["high"])
    return wording.reading(design, decision, kept["settled"], kept["planned"], visit.texts)


async def _form(
    visit: Visit,
    typed: dict[str, str],
    status: int = 200,
    refusal: DesignError | None = None,
    **more: Any,
) -> HTTPResponse:
    async with visit.db.read() as session:
        offered = (await approved_for(session))[:_MOST_OFFERED]
    return visit.page(
        "experiments/new.html", status, typed=typed, offered=offered, refusal=refusal, kinds=KINDS,
        measures=MEASURES, rules=RULES, **{"planned": None, **more},
    )  # fmt: skip


async def _copies(session: AsyncSession, design: Design) -> dict[str, ApprovedCopy]:
    """The texts of arms that are variants of copy, as far as they may be sent now."""
    if not any(name.startswith("CP") for name in design.names):
        return {}
    return {
        each.reference: each
        for each in await approved_for(session)
        if each.reference in design.names
    }


async def _one(
    visit: Visit, status: int = 200, refusal: DesignError | None = None, **more: Any
) -> HTTPResponse:
    async with visit.db.read() as session:
        found = await book.find(session, _reference(visit))
        shown = await content(session, found, now())
        copies = await _copies(session, shown.design)
    return visit.page(
        "experiments/experiment.html", status, shown=shown, copies=copies, refusal=refusal,
        wording=wording,
        **{"answer": None, "drawn": [], "asked": "", **more},
    )  # fmt: skip
