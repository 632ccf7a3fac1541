"""The page of a ticket, what is new in it, and the forms of what can be done with it."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sanic import Blueprint
from sanic.response import HTTPResponse
from sqlalchemy.ext.asyncio import AsyncSession

from backends.console.headers import PAGE
from backends.console.queue.choice import choice_of
from backends.console.queue.content import contents
from backends.console.ticket.stance import may_read, stance_of
from backends.console.ticket.wording import delivery_text, event_text
from backends.console.visit import Visit, page
from backends.db import now
from backends.errors import ApiError, invalid_request
from backends.handoff import desk
from backends.handoff.fields import MOST_TEXT
from backends.handoff.views import TicketView
from backends.staff.accounts import everybody
from backends.staff.presence import is_present

blueprint = Blueprint("staff_ticket", url_prefix="/staff/tickets")

#: Entries whose delivery is shown anew; that of older ones does not change any more.
RECENT = 50


@page(blueprint, "GET", "/<reference:str>")
async def ticket(visit: Visit) -> HTTPResponse:
    """The whole page, with the queue beside it."""
    values = await _values(visit)
    reference = values["card"].reference
    listed = await contents(visit, choice_of(visit), reference)
    quick = visit.query("quick")
    chosen = values["quick"][int(quick)] if quick in map(str, range(len(values["quick"]))) else ""
    return visit.page("ticket/ticket.html", **values, **listed, draft=chosen)


@page(blueprint, "GET", "/<reference:str>/news")
async def news(visit: Visit) -> HTTPResponse:
    """What came after the entry that a page shows last, and what has changed of the rest."""
    after = visit.query("after")
    if not re.fullmatch(r"[0-9]{1,18}", after):
        raise invalid_request("Say after which entry.")
    values = await _values(visit)
    entries = values["ticket"].entries
    return visit.page(
        "ticket/news.html",
        **values,
        fresh=[entry for entry in entries if entry.id > int(after)],
        shown=[entry for entry in entries[-RECENT:] if entry.id <= int(after)],
        moved=visit.query("stance") != values["stance"].word,
        draft="",
    )


@page(blueprint, "POST", "/<reference:str>/take")
async def take(visit: Visit) -> HTTPResponse:
    """Take it, unless one has as many as one takes at once."""
    async with visit.db.read() as session:
        mine = (await desk.queue(session, "mine", staff_id=visit.staff.id, limit=0)).mine
    if visit.staff.most_tickets is not None and mine >= visit.staff.most_tickets:
        raise ApiError(409, "not_allowed", "That is one ticket too many.", reason="most_tickets")
    async with _write(visit) as session:
        await desk.assign(session, visit.path["reference"], visit.staff.id)
    return _done(visit)


@page(blueprint, "POST", "/<reference:str>/reply")
async def reply(visit: Visit) -> HTTPResponse:
    """Say something to the customer, once."""
    async with _write(visit) as session:
        await desk.reply(
            session,
            visit.path["reference"],
            visit.staff.id,
            visit.form.one("text"),
            visit.form.one("key"),
        )
    return _done(visit)


@page(blueprint, "POST", "/<reference:str>/note")
async def note(visit: Visit) -> HTTPResponse:
    """Write a note for colleagues."""
    async with _write(visit) as session:
        reference, key = visit.path["reference"], visit.form.one("key")
        await _readable(visit, session)
        await desk.note(session, reference, visit.staff.id, visit.form.one("text"), key)
    if not visit.by_script:
        return _done(visit)
    # With a new key for the next.
    answer = visit.page("ticket/note_key.html", note_key=_new_key(), anew=True)
    answer.headers["HX-Trigger"] = "refresh"
    return answer


@page(blueprint, "POST", "/<reference:str>/transfer")
async def transfer(visit: Visit) -> HTTPResponse:
    """Give it to somebody, or back into the queue."""
    to, words = visit.form.one("to"), visit.form.one("text") or None
    if not re.fullmatch(r"queue|[1-9][0-9]{0,8}", to):
        raise ApiError(400, "invalid_request", "Choose who gets it.", reason="to")
    person = None if to == "queue" else int(to)
    reference, actor = visit.path["reference"], visit.staff.id
    async with _write(visit) as session:
        card = (await desk.ticket(session, reference)).card
        if card.state == "assigned" or person is None:
            await desk.transfer(session, reference, actor, person, words)
        else:
            if words:
                await desk.note(session, reference, actor, words)
            await desk.assign(session, reference, actor, person)
    return _done(visit)


@page(blueprint, "POST", "/<reference:str>/close")
async def close(visit: Visit) -> HTTPResponse:
    """End it with what was agreed."""
    async with _write(visit) as session:
        agreed = visit.form.one("text") or None
        await desk.close(session, visit.path["reference"], visit.staff.id, agreed)
    return _done(visit)


def _write(visit: Visit) -> Any:
    """A write session whose changes all pages are told of."""
    return visit.request.app.ctx.changes.write()


def _done(visit: Visit) -> HTTPResponse:
    if visit.by_script:
        return HTTPResponse(status=204, headers={**PAGE, "HX-Trigger": "refresh"})
    return visit.go(choice_of(visit).address(f"/staff/tickets/{visit.path['reference']}"))


async def _readable(visit: Visit, session: AsyncSession) -> TicketView:
    found = await desk.ticket(session, visit.path["reference"])
    if not may_read(visit.staff, found.card):
        raise ApiError(404, "not_found", "Somebody else has ended it.", reason="ended_by_other")
    return found


async def _values(visit: Visit) -> dict[str, Any]:
    async with visit.db.read() as session:
        found = await _readable(visit, session)
        staff = await everybody(session)
    card = found.card
    moment = now()
    others = [one for one in staff if one.active and one.id != card.assigned_to]
    texts = visit.request.app.ctx.console.quick_texts
    return {
        "ticket": found,
        "card": card,
        "stance": stance_of(visit.staff, card),
        "last": _last(found),
        "key": _new_key(),
        "note_key": _new_key(),
        "quick": [one.filled(card.language, visit.staff.name) for one in texts],
        "others": [(one, is_present(one, moment)) for one in others],
        "most": MOST_TEXT,
        "event_text": event_text,
        "delivery_text": delivery_text,
    }


def _last(found: TicketView) -> int:
    return found.entries[-1].id if found.entries else 0


def _new_key() -> str:
    return secrets.token_urlsafe(12)
