"""Conversations one by one, and what was said in them (masked)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement, Select

from backends.errors import not_found
from backends.feedback.models import Feedback
from backends.insights.events.models import Conversation, Turn
from backends.insights.measures.counting.days import begin, end
from backends.insights.measures.counting.talks import LINKED_FOR
from backends.insights.measures.filters import Filters
from backends.insights.measures.models import EVERYBODY, NO_SEGMENT, SegmentMember
from backends.orders.models import Identity
from backends.settings import OPEN_CHANNELS

PAGE = 50
MOST_PAGES = 1000
#: Which conversations can be asked for.
ONLY = ("fallback", "handed_over", "negative", "unsolved")
_BIGGEST_ID = 2**63 - 1
_A_DAY = timedelta(days=1)
#: Members of a segment of whom there are few conversations among all.
_FEW = 300


@dataclass(frozen=True)
class ConversationPage:
    """Some conversations, the newest first, and whether there are more after them."""

    rows: list[Conversation]
    more: bool


async def conversations(
    session: AsyncSession, filters: Filters, page: int, only: str = ""
) -> ConversationPage:
    """A page of the conversations that began on these days and in which the customer wrote.

    Args:
        session: for reading.
        filters: which; a segment is the one of the customer as whom the sender is known now.
        page: from 1; of `PAGE` conversations. Nothing is behind page `MOST_PAGES`.
        only: "" or one of `ONLY`; ``unsolved`` is what a customer said afterwards.
    """
    if not 1 <= page <= MOST_PAGES:
        return ConversationPage([], False)
    query = select(Conversation)
    if only == "unsolved":
        query = query.where(Conversation.id.in_(_unsolved(session, filters)))
    query = query.where(*_where(filters), *await _in_segment(session, filters), *_kind(only))
    query = query.order_by(Conversation.started_at.desc(), Conversation.id.desc())
    rows = await session.execute(query.limit(PAGE + 1).offset(PAGE * (page - 1)))
    found = list(rows.scalars())
    return ConversationPage(found[:PAGE], len(found) > PAGE)


async def transcript(session: AsyncSession, id: int) -> tuple[Conversation, list[Turn]]:
    """A conversation and what was said in it, in order.

    Raises:
        ApiError: 404 when there is none.
    """
    found = await session.get(Conversation, id) if 0 < id <= _BIGGEST_ID else None
    if found is None:
        raise not_found("There is no such conversation.")
    query = select(Turn).where(Turn.conversation_id == id).order_by(Turn.at_ms, Turn.id)
    return found, list((await session.execute(query)).scalars())


def _where(filters: Filters) -> list[ColumnElement]:
    found = [
        Conversation.started_at >= begin(filters.first),
        Conversation.started_at < end(filters.last),
        Conversation.customer_turns > 0,
    ]
    for name in ("channel", "language", "model"):
        if value := getattr(filters, name):
            found.append(getattr(Conversation, name) == value)
    return found


async def _in_segment(session: AsyncSession, filters: Filters) -> list[ColumnElement]:
    if filters.segment == EVERYBODY:
        return []
    bound = (
        (Identity.channel == Conversation.channel)
        & (Identity.sender == Conversation.sender)
        # There anybody can be called so.
        & Identity.channel.not_in(sorted(OPEN_CHANNELS))
    )
    member = exists().where(bound, SegmentMember.customer_id == Identity.customer_id)
    if filters.segment == NO_SEGMENT:
        return [~member]
    inside = SegmentMember.segment == filters.segment
    few = select(SegmentMember.customer_id).where(inside).limit(_FEW + 1)
    if len((await session.execute(few)).all()) > _FEW:
        return [member.where(inside)]
    # From the few to their conversations: among those of all one would look for them long.
    theirs = (
        select(Conversation.id)
        .join(Identity, bound)
        .join(SegmentMember, SegmentMember.customer_id == Identity.customer_id)
        .where(inside, *_where(filters))
    )
    return [Conversation.id.in_(theirs)]


def _kind(only: str) -> list[Any]:
    return {
        "fallback": [Conversation.fallbacks > 0],
        "handed_over": [Conversation.handed_over],
        "negative": [Conversation.negative > 0],
    }.get(only, [])


def _unsolved(session: AsyncSession, filters: Filters) -> Select:
    """The conversations after which somebody said that nothing was solved.

    From the feedback to the conversation, since few say so.
    """
    before = Conversation.__table__.alias("before")
    last = (
        select(before.c.id)
        .where(
            before.c.channel == Feedback.channel,
            before.c.sender == Feedback.sender,
            before.c.started_at <= Feedback.asked_at,
            _is_linked(session, before.c.started_at, Feedback.asked_at),
        )
        .order_by(before.c.started_at.desc(), before.c.id.desc())
        .limit(1)
        .scalar_subquery()
        .correlate(Feedback)
    )
    # The day of feedback is that of the opening hours' time zone, which may be another.
    days = (filters.first - _A_DAY, filters.last + LINKED_FOR + _A_DAY)
    return select(last).where(Feedback.solved.is_(False), Feedback.day.between(*days))


def _is_linked(session: AsyncSession, begun: Any, moment: Any) -> ColumnElement:
    """The condition that a conversation had not begun too long before a moment."""
    if session.get_bind().dialect.name == "sqlite":
        return func.julianday(moment) - func.julianday(begun) <= LINKED_FOR.days
    return moment - begun <= LINKED_FOR
