"""Decisions on messages: made once, by one person, and undone until they are exported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.errors import not_found
from backends.knowledge.article import LANGUAGES
from backends.review.queue import markup, texts
from backends.review.queue.models import EXAMPLES, ReviewDecision, ReviewGroup, ReviewMessage
from backends.review.queue.orders import Known, Order, check
from backends.review.queue.refusals import ReviewRefusal
from backends.staff.models import Staff
from xiaoer.text.personal_data import find

#: As `backends.knowledge.article.Question` takes it, and as many as a `Wording` has.
LONGEST_VARIANT, MOST_VARIANTS = 200, 50
_AT_ONCE = 400


@dataclass(frozen=True)
class Outcome:
    """What became of an order.

    Attributes:
        decision: its id.
        decided: how many messages it holds for.
        left: the ids of messages that stay open, by the name of a refusal.
    """

    decision: int
    decided: int
    left: dict[str, list[int]]


async def decide(
    session: AsyncSession,
    staff_id: int,
    ids: Sequence[int],
    order: Order,
    known: Known,
    moment: datetime,
) -> Outcome:
    """Decide messages; those that the order cannot hold for stay open and are named.

    Raises:
        ReviewRefusal: nobody is changed: one of them was decided meanwhile, or none can be.
    """
    messages = await _open_messages(session, ids)
    suggested = await _suggested(session, messages)
    content = check(order, known, suggested)
    fit, left = _fitting(messages, order, known, content)
    if order.kind == "new_intent" and len({texts.normalised(plain_text(one)) for one in fit}) < 2:
        raise ReviewRefusal("masked" if "masked" in left and len(fit) < 2 else "two_examples")
    if not fit:
        raise ReviewRefusal(next(iter(left)))
    decision = ReviewDecision(
        kind=order.kind,
        staff_id=staff_id,
        at=moment,
        intent=order.intent if order.kind in ("relabel", "new_intent") else None,
        content=content,
    )
    session.add(decision)
    await session.flush()
    await _claim(session, decision, fit)
    return Outcome(decision.id, len(fit), dict(left))


async def undo(
    session: AsyncSession, staff_id: int, number: int, moment: datetime, message: int | None = None
) -> int:
    """Undo a decision, or for one of its messages only; how many messages are open again.

    Raises:
        ApiError: 404 when there is none.
        ReviewRefusal: some of it was exported, or it was undone before.
    """
    rows = await session.execute(
        select(ReviewDecision).where(ReviewDecision.id == number).with_for_update()
    )
    decision = rows.scalar_one_or_none()
    if decision is None:
        raise not_found()
    if decision.undone_at is not None:
        raise ReviewRefusal("undone")
    mine = ReviewMessage.decision_id == number
    chosen = mine if message is None else mine & (ReviewMessage.id == message)
    opened = await session.execute(
        update(ReviewMessage)
        .where(chosen, ReviewMessage.exported_at.is_(None))
        .values(decision_id=None, label=None)
        .execution_options(synchronize_session=False)
    )
    left = (
        await session.execute(select(func.count()).select_from(ReviewMessage).where(chosen))
    ).scalar()
    if left or decision.exported_at is not None:
        raise ReviewRefusal("exported")
    if message is not None and not opened.rowcount:
        raise ReviewRefusal("undone")
    rest = await session.execute(select(func.count()).select_from(ReviewMessage).where(mine))
    if not rest.scalar():
        decision.undone_at, decision.undone_by = moment, staff_id
    return opened.rowcount


async def save_draft(
    session: AsyncSession, number: int, written: str, before: str, known: Known
) -> ReviewMessage:
    """Keep a message's text as a person has edited it.

    Args:
        session: a transaction.
        number: the message.
        written: the text with marks of entities.
        before: what the person saw before: the draft, or "" when there was none.
        known: for the entities.

    Raises:
        ApiError: 404 when there is no such message.
        ReviewRefusal: it is no example, holds personal data, or is not open.
    """
    rows = await session.execute(
        select(ReviewMessage).where(ReviewMessage.id == number).with_for_update()
    )
    message = rows.scalar_one_or_none()
    if message is None:
        raise not_found()
    if message.decision_id is not None:
        raise await decided_by_other(session, [number])
    if (message.draft or "") != before:
        raise ReviewRefusal("changed")
    written = texts.clean(written)
    reason = _objection(written, known)
    if reason is not None:
        raise reason
    message.draft = written
    return message


def prefilled(message: ReviewMessage, known: Known) -> str:
    """A message's text with the entities that were understood, for a person to correct."""
    if message.draft is not None:
        return message.draft
    written = markup.write(message.text, message.entities or [], known.examples.entities)
    try:
        markup.read(written)
    except markup.MarkupError:
        return message.text
    return written


async def decided_by_other(session: AsyncSession, ids: Sequence[int]) -> ReviewRefusal:
    """The refusal that names who has decided the first of some messages."""
    rows = await session.execute(
        select(Staff.name)
        .join(ReviewDecision, ReviewDecision.staff_id == Staff.id)
        .join(ReviewMessage, ReviewMessage.decision_id == ReviewDecision.id)
        .where(ReviewMessage.id.in_(list(ids)[:_AT_ONCE]))
        .limit(1)
    )
    return ReviewRefusal("decided_by_other", who=rows.scalar() or "?")


async def _open_messages(session: AsyncSession, ids: Sequence[int]) -> list[ReviewMessage]:
    wanted = list(dict.fromkeys(ids))
    found: list[ReviewMessage] = []
    for at in range(0, len(wanted), _AT_ONCE):
        rows = await session.execute(
            select(ReviewMessage)
            .where(ReviewMessage.id.in_(wanted[at : at + _AT_ONCE]))
            .order_by(ReviewMessage.id)
        )
        found += rows.scalars()
    if any(one.decision_id is not None for one in found):
        taken = [one.id for one in found if one.decision_id is not None]
        raise await decided_by_other(session, taken)
    if not found:
        raise ReviewRefusal("nothing_chosen")
    return found


async def _suggested(session: AsyncSession, messages: Sequence[ReviewMessage]) -> str | None:
    row = await session.execute(
        select(ReviewGroup.intent).where(ReviewGroup.id == messages[0].group_id)
    )
    return row.scalar()


def _fitting(
    messages: Sequence[ReviewMessage], order: Order, known: Known, content: dict[str, Any]
) -> tuple[list[ReviewMessage], dict[str, list[int]]]:
    fit: list[ReviewMessage] = []
    left: dict[str, list[int]] = defaultdict(list)
    room = _Room(order, known, content)
    for message in messages:
        reason = None
        if order.kind != "discard":
            objection = _objection(message.draft or prefilled(message, known), known)
            reason = objection.reason if objection else None
        if reason is None and order.kind == "accept":
            if message.intent not in known.examples.intents:
                reason = "no_intent"
        elif reason is None and order.kind in ("article", "variant"):
            reason = room.objection(message)
        if reason is None:
            fit.append(message)
        else:
            left[reason].append(message.id)
    return fit, left


class _Room:
    """What ways to ask an article can still take."""

    def __init__(self, order: Order, known: Known, content: dict[str, Any]) -> None:
        self._left: dict[str, int] = {}
        if order.kind == "variant":
            article = known.articles[content["article"]["id"]]
            for language, wording in article.wordings():
                self._left[language] = MOST_VARIANTS - len(wording.variants)
        elif order.kind == "article":
            for language in LANGUAGES:
                if language in content["article"]:
                    self._left[language] = MOST_VARIANTS

    def objection(self, message: ReviewMessage) -> str | None:
        if message.language not in self._left:
            return "no_language"
        if len(plain_text(message)) > LONGEST_VARIANT:
            return "too_long"
        if self._left[message.language] < 1:
            return "variants"
        self._left[message.language] -= 1
        return None


def plain_text(message: ReviewMessage) -> str:
    """A message's text as edited, without marks."""
    if message.draft is None:
        return message.text
    return markup.read(message.draft).text


def _objection(written: str, known: Known) -> ReviewRefusal | None:
    """Why a text cannot stand among the examples, None when it can."""
    try:
        example = markup.read(written)
        markup.check(example, known.examples.entities)
    except markup.MarkupError as error:
        return ReviewRefusal(error.code, entity=error.entity)
    if texts.is_masked(written):
        return ReviewRefusal("masked")
    if find(example.text):
        return ReviewRefusal("personal_data")
    reason = texts.says_nothing(example.text)
    if reason is not None:
        return ReviewRefusal("too_long" if reason == "long" else "empty")
    return None


async def _claim(
    session: AsyncSession, decision: ReviewDecision, fit: Sequence[ReviewMessage]
) -> None:
    """Tie the messages to the decision; the database says whether somebody was quicker."""
    values: dict[str, Any] = {"decision_id": decision.id}
    if decision.kind in EXAMPLES:
        values["label"] = ReviewMessage.intent if decision.kind == "accept" else decision.intent
    ids = [one.id for one in fit]
    claimed = 0
    for at in range(0, len(ids), _AT_ONCE):
        done = await session.execute(
            update(ReviewMessage)
            .where(
                ReviewMessage.id.in_(ids[at : at + _AT_ONCE]), ReviewMessage.decision_id.is_(None)
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        claimed += done.rowcount
    if claimed != len(ids):
        raise await decided_by_other(session, ids)
