"""Rows of senders, conversations and turns: read for a batch of events, and written after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import now
from backends.insights.events.event import Event
from backends.insights.events.models import Conversation, Sender, Turn
from backends.insights.events.sorting import UNKNOWN, Known
from backends.insights.events.talk import QUIET_MS, Line, Talk, moment

# Databases limit how many values one statement may name.
_AT_ONCE = 5000
Item = TypeVar("Item")


async def load(session: AsyncSession, senders: Mapping[str, Sequence[Event]]) -> dict[str, Known]:
    """What is known of senders, and the conversations that their events may belong to.

    Their rows are made if need be and locked, so that two processes do not change one sender's
    conversations at once.
    """
    names = sorted(senders)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    make = (sqlite.insert if is_sqlite else postgresql.insert)(Sender).on_conflict_do_nothing()
    rows = [{"sender": name, "channel": UNKNOWN, "seen_at": now()} for name in names]
    await session.execute(make, rows)
    known: dict[str, Known] = {}
    for some in _parts(names):
        query = select(
            Sender.sender, Sender.channel, Sender.language, Sender.session_ms, Sender.action,
            Sender.action_ms,
        )  # fmt: skip
        query = query.where(Sender.sender.in_(some)).order_by(Sender.sender).with_for_update()
        known.update({row[0]: Known(*row) for row in await session.execute(query)})
    talks = await _talks(session, known, senders)
    await _lines(session, talks)
    for talk in talks.values():
        # A row without a turn was made by nobody here.
        if talk.lines:
            known[talk.sender].talks.append(talk)
    return known


async def _talks(
    session: AsyncSession, known: Mapping[str, Known], senders: Mapping[str, Sequence[Event]]
) -> dict[int, Talk]:
    moments = [event.at_ms for events in senders.values() for event in events]
    channels = {each.channel for each in known.values()} | {UNKNOWN}
    channels |= {
        event.said.channel
        for events in senders.values()
        for event in events
        if event.said and event.said.channel
    }
    talks: dict[int, Talk] = {}
    for some in _parts(sorted(senders)):
        query = (
            select(
                Conversation.channel, Conversation.sender, Conversation.id, Conversation.model,
                Conversation.handed_over,
            )
            .where(
                Conversation.channel.in_(sorted(channels)),
                Conversation.sender.in_(some),
                Conversation.started_at <= moment(max(moments) + QUIET_MS),
                Conversation.last_at >= moment(min(moments) - QUIET_MS),
            )
            .order_by(Conversation.started_at)
        )  # fmt: skip
        talks.update({row[2]: Talk(*row) for row in await session.execute(query)})
    return talks


async def _lines(session: AsyncSession, talks: Mapping[int, Talk]) -> None:
    """Put the turns into their conversations."""
    columns = (
        Turn.conversation_id, Turn.at_ms, Turn.id, Turn.key, Turn.author, Turn.intent,
        Turn.sentiment, Turn.language, Turn.action, Turn.response, Turn.is_fallback,
    )  # fmt: skip
    for some in _parts(list(talks)):
        query = select(*columns).where(Turn.conversation_id.in_(some))
        for talk_id, *values in await session.execute(query):
            line = Line(*values)
            line.id = line.number
            talks[talk_id].lines.append(line)
            talks[talk_id].keys.add(line.key)
    for talk in talks.values():
        talk.lines.sort()


async def store(session: AsyncSession, known: Sequence[Known]) -> None:
    """Write what changed."""
    table = Sender.__table__
    await session.execute(
        update(table).where(table.c.sender == bindparam("its_sender")),
        [
            {
                "its_sender": each.sender,
                "channel": each.channel,
                "language": each.language,
                "session_ms": each.session_ms,
                "action": each.action,
                "action_ms": each.action_ms,
                "seen_at": now(),
            }
            for each in known
        ],
    )
    changed = [talk for each in known for talk in each.talks if talk.changed]
    refitted = [line for talk in changed for line in talk.settle()]
    await _store_talks(session, changed)
    new = [_row(talk, line) for talk in changed for line in talk.lines if line.id is None]
    if new:
        await session.execute(insert(Turn.__table__), new)
    if refitted:
        turns = Turn.__table__
        await session.execute(
            update(turns).where(turns.c.id == bindparam("its_id")),
            [{"its_id": line.id, "is_fallback": line.is_fallback} for line in refitted],
        )


async def _store_talks(session: AsyncSession, talks: Sequence[Talk]) -> None:
    table = Conversation.__table__
    old = [talk for talk in talks if talk.id is not None]
    if old:
        await session.execute(
            update(table).where(table.c.id == bindparam("its_id")),
            [{"its_id": talk.id, "channel": talk.channel, **talk.sums()} for talk in old],
        )
    for talk in talks:
        if talk.id is None:
            row = {"channel": talk.channel, "sender": talk.sender, **talk.sums()}
            made = await session.execute(insert(table).values(row))
            talk.id = made.inserted_primary_key[0]


def _row(talk: Talk, line: Line) -> dict[str, Any]:
    return {
        "conversation_id": talk.id,
        "key": line.key,
        "at_ms": line.at_ms,
        "author": line.author,
        "intent": line.intent,
        "sentiment": line.sentiment,
        "language": line.language,
        "action": line.action,
        "response": line.response,
        "is_fallback": line.is_fallback,
        **line.values,
    }


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
