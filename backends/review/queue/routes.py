"""The endpoints of the review queue, and its work while the app serves."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from sanic import Blueprint, Sanic
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import now
from backends.errors import not_found
from backends.http import Call, endpoint
from backends.review.queue import deciding, queue, reading
from backends.review.queue.facts import known_of
from backends.review.queue.models import ReviewMessage
from backends.review.queue.orders import Order
from backends.review.queue.reading import Which
from backends.review.queue.refusals import ReviewRefusal
from backends.review.queue.schemas import (
    DecisionMade,
    DecisionRequest,
    GroupList,
    GroupMessages,
    GroupQuery,
    GroupView,
    MessagesQuery,
    ReviewMessageView,
    ReviewStats,
    SuggestionView,
    UndoMade,
    UndoRequest,
)
from backends.review.queue.settings import load_review_settings
from backends.staff.models import SUPERVISOR, Staff

blueprint = Blueprint("review_queue", url_prefix="/v1/review")
NUMBER_PATTERN = "^[1-9][0-9]{0,8}$"


@blueprint.listener("before_server_start")
async def _start(app: Sanic, loop: Any) -> None:
    queue.install(app, load_review_settings())


@blueprint.listener("before_server_stop")
async def _stop(app: Sanic, loop: Any) -> None:
    await queue.uninstall(app)


@endpoint(
    blueprint,
    "GET",
    "/groups",
    summary="What waits for review, in groups that say nearly the same",
    query=GroupQuery,
    answers={200: GroupList},
)
async def list_groups(call: Call) -> GroupList:
    """List them, those said most often first."""
    asked: GroupQuery = call.query
    which = Which(
        asked.state, asked.source or "", asked.language or "", asked.intent or "", asked.page
    )
    async with call.db.read() as session:
        found, more = await reading.groups(session, which)
    return GroupList(items=[_group(one) for one in found], more=more)


@endpoint(
    blueprint,
    "GET",
    "/groups/<number:str>",
    summary="One group and its messages",
    query=MessagesQuery,
    answers={200: GroupMessages},
    errors=(404,),
    path_patterns={"number": NUMBER_PATTERN},
)
async def show_group(call: Call) -> GroupMessages:
    """Show it."""
    number = number_of(call.path["number"])
    async with call.db.read() as session:
        group, title = await reading.group(session, number)
        found, total = await reading.messages(session, number, call.query.state, call.query.page)
    return GroupMessages(
        id=group.id,
        title=title,
        suggestions=[SuggestionView(**one) for one in group.suggestions],
        total=total,
        items=[_message(one) for one in found],
    )


@endpoint(
    blueprint,
    "POST",
    "/decisions",
    summary="Write down what a person decided of some messages",
    body=DecisionRequest,
    answers={201: DecisionMade},
    errors=(409,),
)
async def decide(call: Call) -> DecisionMade:
    """Decide all that can be, and name what stays open."""
    told: DecisionRequest = call.body
    article = told.article.dict(exclude_none=True) if told.article else {}
    order = Order(told.kind, told.intent or "", told.file or "", article, told.reason or "")
    known = await known_of(call.request.app)
    async with call.db.write() as session:
        staff_id = await _supervisor(session, told.staff)
        outcome = await deciding.decide(session, staff_id, told.messages, order, known, now())
    return DecisionMade(**asdict(outcome))


@endpoint(
    blueprint,
    "POST",
    "/decisions/<number:str>/undo",
    summary="Undo a decision that is not exported yet",
    body=UndoRequest,
    answers={200: UndoMade},
    errors=(404, 409),
    path_patterns={"number": NUMBER_PATTERN},
)
async def undo(call: Call) -> UndoMade:
    """Open its messages again."""
    number = number_of(call.path["number"])
    async with call.db.write() as session:
        staff_id = await _supervisor(session, call.body.staff)
        opened = await deciding.undo(session, staff_id, number, now(), call.body.message)
    return UndoMade(opened=opened)


@endpoint(
    blueprint,
    "GET",
    "/stats",
    summary="How much waits for review, is decided, and was left out",
    answers={200: ReviewStats},
)
async def show_stats(call: Call) -> ReviewStats:
    """Count."""
    async with call.db.read() as session:
        return ReviewStats(**asdict(await reading.stats(session, now())))


def number_of(path: str) -> int:
    """A number of an address.

    Raises:
        ApiError: 404 when it is none.
    """
    if not re.fullmatch(NUMBER_PATTERN, path):
        raise not_found()
    return int(path)


async def _supervisor(session: AsyncSession, username: str) -> int:
    row = await session.execute(
        select(Staff.id).where(
            Staff.username == username, Staff.active.is_(True), Staff.role == SUPERVISOR
        )
    )
    found = row.scalar()
    if found is None:
        raise ReviewRefusal("unknown_staff")
    return found


def _group(row: reading.GroupRow) -> GroupView:
    return GroupView(**asdict(row))


def _message(one: ReviewMessage) -> ReviewMessageView:
    return ReviewMessageView(
        id=one.id,
        text=one.text,
        draft=one.draft,
        language=one.language,
        count=one.count,
        intent=one.intent,
        confidence=one.confidence,
        label=one.label,
        decision=one.decision_id,
        exported=one.exported_at is not None,
        newest_at=one.newest_at,
    )
