"""The pages of insights: figures with charts, the conversations behind them, a file."""

from __future__ import annotations

import re
from typing import Any

from sanic import Blueprint
from sanic.response import HTTPResponse

from backends.console.insights.choice import (
    DIMENSIONS,
    HOME,
    KINDS,
    PERIODS,
    Choice,
    choice_of,
    options,
)
from backends.console.insights.content import figures
from backends.console.insights.export import send_csv
from backends.console.insights.formats import duration
from backends.console.insights.names import Names, names_for
from backends.console.insights.turns import main_intents, shown
from backends.console.visit import Visit, page
from backends.errors import not_found
from backends.insights.measures.query import Choices, choices
from backends.insights.measures.transcripts import conversations, transcript
from backends.staff.models import SUPERVISOR

blueprint = Blueprint("staff_insights", url_prefix="/staff")


@page(blueprint, "GET", "/insights", roles=(SUPERVISOR,))
async def insights(visit: Visit) -> HTTPResponse:
    """The figures of the days and filters in the address."""
    asked, names = choice_of(visit), await names_for(visit)
    if _is_form(visit):
        return visit.go(asked.address())
    async with visit.db.read() as session:
        counted = await choices(session)
        choice = asked.known(counted)
        values = await figures(session, choice, counted, names, visit.texts)
    return visit.page(
        "insights/insights.html",
        _status(choice),
        **values,
        **_common(choice, counted, names, ""),
        DIMENSIONS=DIMENSIONS,
    )


@page(blueprint, "GET", "/insights/conversations", roles=(SUPERVISOR,))
async def conversation_list(visit: Visit) -> HTTPResponse:
    """The conversations behind the figures, the newest first."""
    asked, names = choice_of(visit), await names_for(visit)
    if _is_form(visit):
        return visit.go(asked.address("/conversations"))
    async with visit.db.read() as session:
        counted = await choices(session)
        choice = asked.known(counted)
        found = await conversations(session, choice.filters, choice.page, choice.only)
    return visit.page(
        "insights/conversations.html",
        _status(choice),
        found=found,
        main_intents=main_intents,
        **_common(choice, counted, names, "/conversations"),
    )


@page(blueprint, "GET", "/insights/conversations/<number:str>", roles=(SUPERVISOR,))
async def conversation(visit: Visit) -> HTTPResponse:
    """What was said in one conversation, and what was understood."""
    number = visit.path["number"]
    if not re.fullmatch(r"[1-9][0-9]{0,17}", number):
        raise not_found()
    choice, names, t = choice_of(visit), await names_for(visit), visit.texts
    async with visit.db.read() as session:
        one, turns = await transcript(session, int(number))
    answered = one.first_answer_ms
    return visit.page(
        "insights/transcript.html",
        one=one,
        turns=[shown(turn, t) for turn in turns],
        names=names,
        first_answer="" if answered is None else duration(answered / 1000, t),
        back=choice.address("/conversations", page=choice.page),
    )


@page(blueprint, "GET", "/insights/export.csv", roles=(SUPERVISOR,))
async def export(visit: Visit) -> HTTPResponse | None:
    """The figures by day and group as a file."""
    choice = choice_of(visit)
    async with visit.db.read() as session:
        choice = choice.known(await choices(session))
    if choice.problems:
        # The page says what is wrong.
        return visit.go(_typed(visit))
    await send_csv(visit, choice)
    return None


def _common(choice: Choice, counted: Choices, names: Names, place: str) -> dict[str, Any]:
    return {
        "choice": choice,
        "counted": counted,
        "options": options(counted),
        "names": names,
        "place": place,
        "HOME": HOME,
        "KINDS": KINDS,
        "PERIODS": PERIODS,
    }


def _is_form(visit: Visit) -> bool:
    """Whether the filters' form asks; it is led on to an address without what it left empty."""
    return all(name in visit.request.args for name in ("from", "to")) and (
        visit.query("form") == "1"
    )


def _typed(visit: Visit) -> str:
    return f"{HOME}?{visit.request.query_string}"


def _status(choice: Choice) -> int:
    return 400 if choice.problems else 200
