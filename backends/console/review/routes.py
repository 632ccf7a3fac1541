"""The pages of review: groups, a group, a message, a new article, decisions."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint
from sanic.response import HTTPResponse
from sqlalchemy import select

from backends.clock import today
from backends.console.review.choice import address, choice_of, page_of
from backends.console.review.sending import article_of, chosen_ids, decide, numbers, order_of
from backends.console.visit import Visit, page
from backends.db import now
from backends.insights.events.models import Conversation
from backends.review.queue import deciding, markup, reading
from backends.review.queue.facts import known_of
from backends.review.queue.models import LEFT_OUT, SOURCES, ReviewMessage
from backends.review.queue.orders import Known, Order
from backends.review.queue.reading import PER_PAGE
from backends.review.queue.refusals import ReviewRefusal
from backends.review.queue.routes import number_of
from backends.staff.models import SUPERVISOR

blueprint = Blueprint("staff_review", url_prefix="/staff")
_ROLES = (SUPERVISOR,)


@page(blueprint, "GET", "/review", roles=_ROLES)
async def review(visit: Visit) -> HTTPResponse:
    """The groups."""
    which = choice_of(visit)
    async with visit.db.read() as session:
        groups, more = await reading.groups(session, which)
        stats = await reading.stats(session, now())
        intents = await reading.intents_suggested(session)
    return visit.page(
        "review/review.html",
        groups=groups,
        more=more,
        stats=stats,
        intents=intents,
        which=which,
        address=address,
        done=_done(visit),
        SOURCES=SOURCES,
        LEFT_OUT=LEFT_OUT,
    )


@page(blueprint, "GET", "/review/groups/<number:str>", roles=_ROLES)
async def group(visit: Visit) -> HTTPResponse:
    """One group."""
    return await _group(visit, number_of(visit.path["number"]))


@page(blueprint, "POST", "/review/groups/<number:str>", roles=_ROLES)
async def decide_group(visit: Visit) -> HTTPResponse:
    """Decide some of its messages, or go on to the form of a new article for them."""
    number, form = number_of(visit.path["number"]), visit.form
    try:
        async with visit.db.read() as session:
            ids = await chosen_ids(session, number, form)
            if form.one("kind") == "article":
                return await _article(visit, number, ids)
        outcome = await decide(visit, ids, order_of(form))
    except ReviewRefusal as refusal:
        return await _group(visit, number, refusal)
    return await _back(visit, number, outcome)


@page(blueprint, "POST", "/review/articles", roles=_ROLES)
async def make_article(visit: Visit) -> HTTPResponse:
    """Decide that messages are answered by a new article."""
    form = visit.form
    ids, number = numbers(form.one("messages").split(",")), number_of(form.one("group"))
    try:
        outcome = await decide(visit, ids, Order("article", article=article_of(form)))
    except ReviewRefusal as refusal:
        return await _article(visit, number, ids, refusal)
    return await _back(visit, number, outcome)


@page(blueprint, "GET", "/review/messages/<number:str>", roles=_ROLES)
async def message(visit: Visit) -> HTTPResponse:
    """One message: where it was said, and its text to be edited."""
    return await _message(visit, number_of(visit.path["number"]))


@page(blueprint, "POST", "/review/messages/<number:str>", roles=_ROLES)
async def edit_message(visit: Visit) -> HTTPResponse:
    """Mark an entity, keep the edited text, or keep it and decide its intent."""
    number, form = number_of(visit.path["number"]), visit.form
    written = form.one("text")
    if form.one("do") == "mark":
        marked = markup.mark_first(written, form.one("piece"), form.one("entity"))
        missing = ReviewRefusal("piece") if marked is None else None
        return await _message(visit, number, missing, marked or written)
    known = await known_of(visit.request.app)
    try:
        async with visit.db.write() as session:
            kept = await deciding.save_draft(session, number, written, form.one("before"), known)
            if form.one("do") != "keep":
                order = Order("relabel", form.one("intent"))
                if order.intent and order.intent == kept.intent:
                    order = Order("accept")
                await session.flush()
                await deciding.decide(session, visit.staff.id, [number], order, known, now())
            group_id = kept.group_id
    except ReviewRefusal as refusal:
        return await _message(visit, number, refusal, written)
    if form.one("do") == "keep" or group_id is None:
        return visit.go(f"/staff/review/messages/{number}?done=1")
    return visit.go(f"/staff/review/groups/{group_id}?done=1")


@page(blueprint, "GET", "/review/decisions", roles=_ROLES)
async def decisions(visit: Visit) -> HTTPResponse:
    """What was decided, by whom, and what became of it."""
    return await _decisions(visit)


@page(blueprint, "POST", "/review/decisions/<number:str>/undo", roles=_ROLES)
async def undo(visit: Visit) -> HTTPResponse:
    """Undo a decision, or for one of its messages."""
    number, only = number_of(visit.path["number"]), visit.form.one("message")
    try:
        async with visit.db.write() as session:
            await deciding.undo(
                session, visit.staff.id, number, now(), number_of(only) if only else None
            )
    except ReviewRefusal as refusal:
        return await _decisions(visit, refusal)
    if only:
        return visit.go(f"/staff/review/messages/{number_of(only)}?done=undone")
    return visit.go("/staff/review/decisions?done=undone")


async def _group(visit: Visit, number: int, refusal: ReviewRefusal | None = None) -> HTTPResponse:
    known = await known_of(visit.request.app)
    state = "decided" if visit.query("state") == "decided" else "open"
    async with visit.db.read() as session:
        found, title = await reading.group(session, number)
        rows, total = await reading.messages(session, number, state, page_of(visit))
        ids = [one.id for one in rows]
        said = await reading.last_said(session, ids)
        sources = await reading.sources_of(session, ReviewMessage.id, ids)
        deciders = await reading.deciders(session, [one.decision_id for one in rows])
        newest = await reading.newest_id(session, number)
    language = visit.texts.language
    return visit.page(
        "review/group.html",
        refusal.status if refusal else 200,
        group=found,
        title=title,
        state=state,
        rows=[
            (one, _marked(one, known), said.get(one.id), sources.get(one.id, [])) for one in rows
        ],
        deciders=deciders,
        total=total,
        newest=newest,
        page=page_of(visit),
        pages_count=-(-total // PER_PAGE),
        articles=await _articles(visit, title, language),
        known=known,
        refusal=refusal,
        done=_done(visit),
        form=visit.form,
    )


async def _message(
    visit: Visit, number: int, refusal: ReviewRefusal | None = None, written: str | None = None
) -> HTTPResponse:
    known = await known_of(visit.request.app)
    async with visit.db.read() as session:
        found = await reading.message(session, number)
        times = await reading.occurrences(session, number)
        talks = {one.conversation_id for one in times if one.conversation_id is not None}
        rows = await session.execute(select(Conversation.id).where(Conversation.id.in_(talks)))
        deciders = await reading.deciders(session, [found.decision_id])
        suggestions = []
        if found.group_id is not None:
            suggestions = (await reading.group(session, found.group_id))[0].suggestions
    best = suggestions[0]["intent"] if suggestions else ""
    return visit.page(
        "review/message.html",
        refusal.status if refusal else 200,
        message=found,
        written=written if written is not None else deciding.prefilled(found, known),
        before=found.draft or "",
        times=times,
        readable={one for (one,) in rows},
        decided=deciders.get(found.decision_id),
        suggestions=suggestions,
        intent=visit.form.one("intent") or found.label or found.intent or best,
        entities=_forms(known),
        known=known,
        refusal=refusal,
        done=_done(visit),
        form=visit.form,
    )


async def _article(
    visit: Visit, number: int, ids: list[int], refusal: ReviewRefusal | None = None
) -> HTTPResponse:
    known = await known_of(visit.request.app)
    async with visit.db.read() as session:
        rows = await session.execute(
            select(ReviewMessage).where(ReviewMessage.id.in_(ids)).order_by(ReviewMessage.id)
        )
        found = list(rows.scalars())
        title = (await reading.group(session, number))[1]
    texts = {one.id: deciding.plain_text(one) for one in found}
    first = {one.language: texts[one.id] for one in reversed(found)}
    if title in texts.values():
        first[next(one.language for one in found if texts[one.id] == title)] = title
    return visit.page(
        "review/article.html",
        refusal.status if refusal else 200,
        group=number,
        ids=",".join(map(str, ids)),
        messages=[(one.language, texts[one.id]) for one in found],
        first=first,
        categories=sorted({str(one.category) for one in known.articles.values()}),
        refusal=refusal,
        form=visit.form,
    )


async def _decisions(visit: Visit, refusal: ReviewRefusal | None = None) -> HTTPResponse:
    number = page_of(visit)
    async with visit.db.read() as session:
        found, more = await reading.decisions(session, number)
    return visit.page(
        "review/decisions.html",
        refusal.status if refusal else 200,
        decisions=found,
        more=more,
        page=number,
        refusal=refusal,
        done=_done(visit),
    )


async def _back(visit: Visit, number: int, outcome: deciding.Outcome) -> HTTPResponse:
    """To what is left of the group, or to the list."""
    left = "&".join(f"left={reason}:{len(ids)}" for reason, ids in outcome.left.items())
    async with visit.db.read() as session:
        is_left = bool(await reading.newest_id(session, number))
    where = f"/staff/review/groups/{number}" if is_left else "/staff/review"
    return visit.go(f"{where}?done={outcome.decided}" + (f"&{left}" if left else ""))


def _done(visit: Visit) -> dict[str, Any] | None:
    """What the address says of what was just done: a count or ``undone``, and what was left."""
    done = visit.query("done")
    if done != "undone" and not (done.isdigit() and len(done) < 5):
        return None
    left = []
    for each in visit.request.args.getlist("left", []):
        reason, _, count = each.partition(":")
        if f"review.left.{reason}" in visit.texts.flat and count.isdigit() and len(count) < 5:
            left.append((reason, int(count)))
    return {"undone": done == "undone", "count": 0 if done == "undone" else int(done), "left": left}


async def _articles(visit: Visit, title: str, language: str) -> list[Any]:
    question = title[:500].strip()
    if not question:
        return []
    found = await visit.request.app.ctx.knowledge.search(question, language, 3, today())
    return [hit for hit in found.items if hit.score >= 0.02]


def _marked(one: ReviewMessage, known: Known) -> str:
    return deciding.prefilled(one, known)


def _forms(known: Known) -> list[str]:
    """The entities that can be marked, each with its roles."""
    found = []
    for entity, roles in sorted(known.examples.entities.items()):
        found += [entity, *(f"{entity} {role}" for role in sorted(roles))]
    return found
