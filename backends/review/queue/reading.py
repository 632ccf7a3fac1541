"""What is to be reviewed, as pages and scripts read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.errors import not_found
from backends.review.queue.models import (
    ReviewDecision,
    ReviewGroup,
    ReviewMessage,
    ReviewOccurrence,
)
from backends.staff.models import Staff

#: Groups, messages and decisions of one page. A form may have 40 fields.
PER_PAGE = 20
_LEFT_OUT_SINCE = timedelta(days=180)


@dataclass(frozen=True)
class Which:
    """Filters; "" is no filter.

    Attributes:
        state: ``open`` or ``decided``.
        source: one of `models.SOURCES`.
        language: zh or en.
        intent: the likeliest of the suggested ones.
        page: from 1.
    """

    state: str = "open"
    source: str = ""
    language: str = ""
    intent: str = ""
    page: int = 1


@dataclass(frozen=True)
class GroupRow:
    """A group as it stands in the list.

    Attributes:
        title: the message that is nearest to all others.
        messages, said: different messages of the chosen state, and how often they were said.
        sources: where they come from.
    """

    id: int
    title: str
    language: str
    messages: int
    said: int
    newest_at: datetime
    suggestions: list[dict[str, Any]]
    sources: list[str]


@dataclass(frozen=True)
class Stats:
    """How much there is.

    Attributes:
        open_messages, open_groups: not decided.
        waiting: without a group yet.
        decided: and not exported yet.
        exported: written into the files.
        left_out: how often something was left out, by reason.
    """

    open_messages: int
    open_groups: int
    waiting: int
    decided: int
    exported: int
    left_out: dict[str, int]


@dataclass(frozen=True)
class Decided:
    """A decision and who made it."""

    decision: ReviewDecision
    who: str
    messages: int
    examples: list[str]


async def groups(session: AsyncSession, which: Which) -> tuple[list[GroupRow], bool]:
    """Return a page of groups, those said most often first, and whether there are more."""
    said = func.sum(ReviewMessage.count).label("said")
    query = (
        select(
            ReviewMessage.group_id,
            func.count(ReviewMessage.id),
            said,
            func.max(ReviewMessage.newest_at).label("newest"),
        )
        .join(ReviewGroup, ReviewGroup.id == ReviewMessage.group_id)
        .where(*_chosen(which))
        .group_by(ReviewMessage.group_id)
        .order_by(said.desc(), func.max(ReviewMessage.newest_at).desc(), ReviewMessage.group_id)
        .offset((which.page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    )
    rows = (await session.execute(query)).all()
    ids = [row[0] for row in rows[:PER_PAGE]]
    known = {
        one.id: one
        for one in (
            await session.execute(select(ReviewGroup).where(ReviewGroup.id.in_(ids)))
        ).scalars()
    }
    titles = await _titles(session, known)
    sources = await sources_of(session, ReviewMessage.group_id, ids)
    found = [
        GroupRow(
            number, *titles.get(number, ("", "zh")), messages, int(count), newest,
            known[number].suggestions, sources.get(number, []),
        )
        for number, messages, count, newest in rows[:PER_PAGE]
        if number in known
    ]  # fmt: skip
    return found, len(rows) > PER_PAGE


async def group(session: AsyncSession, number: int) -> tuple[ReviewGroup, str]:
    """Return a group and its title.

    Raises:
        ApiError: 404.
    """
    found = await session.get(ReviewGroup, number)
    if found is None:
        raise not_found()
    titles = await _titles(session, {number: found})
    return found, titles.get(number, ("", "zh"))[0]


async def messages(
    session: AsyncSession, number: int, state: str, page: int
) -> tuple[list[ReviewMessage], int]:
    """Return a page of a group's messages, those said most often first, and how many there are."""
    chosen = (ReviewMessage.group_id == number, _state(state))
    total = await session.execute(select(func.count()).select_from(ReviewMessage).where(*chosen))
    rows = await session.execute(
        select(ReviewMessage)
        .where(*chosen)
        .order_by(ReviewMessage.count.desc(), ReviewMessage.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return list(rows.scalars()), total.scalar() or 0


async def all_open(session: AsyncSession, number: int, up_to: int) -> list[int]:
    """Return the ids of a group's open messages up to one that somebody has seen."""
    rows = await session.execute(
        select(ReviewMessage.id).where(
            ReviewMessage.group_id == number,
            ReviewMessage.decision_id.is_(None),
            ReviewMessage.id <= up_to,
        )
    )
    return [one for (one,) in rows]


async def newest_id(session: AsyncSession, number: int) -> int:
    """Return the largest id among a group's open messages, 0 when there is none."""
    row = await session.execute(
        select(func.max(ReviewMessage.id)).where(
            ReviewMessage.group_id == number, ReviewMessage.decision_id.is_(None)
        )
    )
    return row.scalar() or 0


async def message(session: AsyncSession, number: int) -> ReviewMessage:
    """Return a message.

    Raises:
        ApiError: 404.
    """
    found = await session.get(ReviewMessage, number)
    if found is None:
        raise not_found()
    return found


async def occurrences(
    session: AsyncSession, number: int, limit: int = 20
) -> list[ReviewOccurrence]:
    """Return the last times that a message was said, the newest first."""
    rows = await session.execute(
        select(ReviewOccurrence)
        .where(ReviewOccurrence.message_id == number)
        .order_by(ReviewOccurrence.at.desc(), ReviewOccurrence.id.desc())
        .limit(limit)
    )
    return list(rows.scalars())


async def last_said(session: AsyncSession, ids: Sequence[int]) -> dict[int, ReviewOccurrence]:
    """Return the last time that each message was said, by the message's id."""
    newest = (
        select(func.max(ReviewOccurrence.id))
        .where(ReviewOccurrence.message_id.in_(list(ids)))
        .group_by(ReviewOccurrence.message_id)
    )
    rows = await session.execute(select(ReviewOccurrence).where(ReviewOccurrence.id.in_(newest)))
    return {one.message_id: one for one in rows.scalars()}


async def sources_of(session: AsyncSession, owner: Any, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return where messages come from, by a column of theirs: ``id`` or ``group_id``."""
    rows = await session.execute(
        select(distinct(owner), ReviewOccurrence.source)
        .join(ReviewMessage, ReviewMessage.id == ReviewOccurrence.message_id)
        .where(owner.in_(list(ids)))
    )
    found: dict[int, list[str]] = {}
    for number, source in rows:
        found.setdefault(number, []).append(source)
    return {number: sorted(sources) for number, sources in found.items()}


async def decisions(session: AsyncSession, page: int) -> tuple[list[Decided], bool]:
    """Return a page of decisions, the newest first, and whether there are more."""
    rows = await session.execute(
        select(ReviewDecision, Staff.name)
        .join(Staff, Staff.id == ReviewDecision.staff_id)
        .order_by(ReviewDecision.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    )
    pairs = rows.all()
    held: dict[int, list[str]] = {one.id: [] for one, _ in pairs}
    texts = await session.execute(
        select(ReviewMessage.decision_id, ReviewMessage.text)
        .where(ReviewMessage.decision_id.in_(list(held)))
        .order_by(ReviewMessage.id)
    )
    for number, text in texts:
        held[number].append(text)
    found = [Decided(one, name, len(held[one.id]), held[one.id][:3]) for one, name in pairs]
    return found[:PER_PAGE], len(found) > PER_PAGE


async def deciders(session: AsyncSession, ids: Sequence[int]) -> dict[int, Decided]:
    """Return decisions by their ids."""
    rows = await session.execute(
        select(ReviewDecision, Staff.name)
        .join(Staff, Staff.id == ReviewDecision.staff_id)
        .where(ReviewDecision.id.in_(list(ids)))
    )
    return {one.id: Decided(one, name, 0, []) for one, name in rows}


async def planned(session: AsyncSession) -> tuple[dict[str, str], set[str]]:
    """Return the new intents (with their files) and the new articles that wait for the export."""
    rows = await session.execute(
        select(ReviewDecision).where(
            ReviewDecision.kind.in_(("new_intent", "article")),
            ReviewDecision.undone_at.is_(None),
            ReviewDecision.exported_at.is_(None),
        )
    )
    intents: dict[str, str] = {}
    articles: set[str] = set()
    for one in rows.scalars():
        if one.kind == "new_intent":
            intents[one.intent] = one.content["file"]
        else:
            articles.add(one.content["article"]["id"])
    return intents, articles


async def stats(session: AsyncSession, moment: datetime) -> Stats:
    """Count."""
    is_open = ReviewMessage.decision_id.is_(None)
    row = await session.execute(
        select(
            func.sum(case((is_open, 1), else_=0)),
            func.count(distinct(case((is_open, ReviewMessage.group_id)))),
            func.sum(case((is_open & ReviewMessage.group_id.is_(None), 1), else_=0)),
            func.sum(case((~is_open & ReviewMessage.exported_at.is_(None), 1), else_=0)),
            func.count(ReviewMessage.exported_at),
        )
    )
    left = await session.execute(
        select(ReviewOccurrence.left_out, func.count())
        .where(
            ReviewOccurrence.left_out.is_not(None),
            ReviewOccurrence.at >= moment - _LEFT_OUT_SINCE,
        )
        .group_by(ReviewOccurrence.left_out)
    )
    open_messages, open_groups, waiting, decided, exported = (int(one or 0) for one in row.one())
    return Stats(
        open_messages,
        open_groups,
        waiting,
        decided,
        exported,
        {reason: count for reason, count in left.all()},  # noqa: C416  # rows are no pairs to mypy
    )


async def intents_suggested(session: AsyncSession) -> list[str]:
    """Return the intents that are suggested first for some group, in order."""
    rows = await session.execute(
        select(distinct(ReviewGroup.intent)).where(ReviewGroup.intent.is_not(None))
    )
    return sorted(one for (one,) in rows)


def _state(state: str) -> ColumnElement:
    is_open = ReviewMessage.decision_id.is_(None)
    return ~is_open if state == "decided" else is_open


def _chosen(which: Which) -> list[ColumnElement]:
    chosen = [_state(which.state)]
    if which.language:
        chosen.append(ReviewMessage.language == which.language)
    if which.intent:
        chosen.append(ReviewGroup.intent == which.intent)
    if which.source:
        chosen.append(
            select(ReviewOccurrence.id)
            .where(
                ReviewOccurrence.message_id == ReviewMessage.id,
                ReviewOccurrence.source == which.source,
            )
            .exists()
        )
    return chosen


async def _titles(
    session: AsyncSession, known: Mapping[int, ReviewGroup]
) -> dict[int, tuple[str, str]]:
    """Return title and language by group; any message where the title is gone."""
    wanted = {one.title_id: number for number, one in known.items() if one.title_id is not None}
    rows = await session.execute(
        select(ReviewMessage.id, ReviewMessage.text, ReviewMessage.language).where(
            ReviewMessage.id.in_(list(wanted))
        )
    )
    titles = {wanted[number]: (text, language) for number, text, language in rows}
    for number in known:
        if number not in titles:
            row = await session.execute(
                select(ReviewMessage.text, ReviewMessage.language)
                .where(ReviewMessage.group_id == number)
                .order_by(ReviewMessage.count.desc(), ReviewMessage.id)
                .limit(1)
            )
            found = row.first()
            if found is not None:
                titles[number] = (found[0], found[1])
    return titles
