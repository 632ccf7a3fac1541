"""Which conversation something belongs to: its language and its model."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.insights.events.models import Conversation
from backends.insights.measures.counting.days import begin, end

#: For how long after a conversation began things are taken to belong to it.
LINKED_FOR = timedelta(days=2)
#: Moments of the shop have whole seconds, those of events have parts.
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Talk:
    """A conversation's language and model, "" where they are not known."""

    language: str = ""
    model: str = ""


class Talks:
    """The conversations of some senders."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        self._talks: dict[tuple[str, str], list[Talk]] = defaultdict(list)

    def add(self, channel: str, sender: str, begun: datetime, talk: Talk) -> None:
        """Add one, the earlier ones before the later ones."""
        self._begun[channel, sender].append(begun)
        self._talks[channel, sender].append(talk)

    def at(self, channel: str, sender: str, moment: datetime) -> Talk:
        """The last one of a sender that had begun by a moment, in the two days before."""
        begun = self._begun.get((channel, sender), [])
        place = bisect_right(begun, moment + _SECOND) - 1
        if place < 0 or moment - begun[place] > LINKED_FOR:
            return Talk()
        return self._talks[channel, sender][place]


async def read_talks(
    session: AsyncSession, first: date, last: date, table: Any, *where: ColumnElement
) -> Talks:
    """Read the conversations that rows of a table, dated on some days, may belong to.

    Args:
        session: for reading.
        first, last: the days.
        table: a model with channel and sender.
        where: which of its rows.
    """
    rows = await session.execute(
        select(
            Conversation.channel,
            Conversation.sender,
            Conversation.started_at,
            Conversation.language,
            Conversation.model,
        )
        .where(
            Conversation.started_at >= begin(first) - LINKED_FOR - _SECOND,
            Conversation.started_at <= end(last) + _SECOND,
            tuple_(Conversation.channel, Conversation.sender).in_(
                select(table.channel, table.sender).where(*where)
            ),
        )
        .order_by(Conversation.started_at, Conversation.id)
    )
    talks = Talks()
    for channel, sender, begun, language, model in rows:
        talks.add(channel, sender, begun, Talk(language or "", model))
    return talks
