"""When customers wrote last on a channel, and what was said to them since.

It is read from the conversations that the events of Rasa become (`backends.insights.events`) and
from the tickets of the hand-over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach.models import CLAIMED, SENT, OutreachSend
from backends.handoff.models import Ticket
from backends.insights.events.models import Conversation, Turn

Sender = tuple[str, str]


@dataclass(frozen=True)
class LastWords:
    """What a channel counts.

    Attributes:
        at: when the customer wrote last.
        since: how many messages they were given after that.
    """

    at: datetime
    since: int


async def last_words(
    session: AsyncSession, senders: Collection[Sender], back: timedelta, moment: datetime
) -> Mapping[Sender, LastWords]:
    """The senders who wrote within a span before a moment, with what they were told since.

    Args:
        session: a read or write session.
        senders: channel and sender id of each, at most some hundred.
        back: the span.
        moment: its end.
    """
    start = moment - back
    turns = await session.execute(
        select(Conversation.channel, Conversation.sender, Turn.author, Turn.at_ms)
        .join(Turn, Turn.conversation_id == Conversation.id)
        .where(
            tuple_(Conversation.channel, Conversation.sender).in_(senders),
            Conversation.last_at >= start,
            Turn.at_ms >= _ms(start),
        )
    )
    theirs: dict[Sender, int] = {}
    ours: dict[Sender, list[int]] = {}
    for channel, sender, author, at_ms in turns:
        key = (channel, sender)
        if author == "customer":
            theirs[key] = max(theirs.get(key, 0), at_ms)
        else:
            ours.setdefault(key, []).append(at_ms)
    for key, at in (await _in_tickets(session, senders, start)).items():
        theirs[key] = max(theirs.get(key, 0), _ms(at))
    pushed = await _pushed(session, senders, start)
    found = {}
    for key, at_ms in theirs.items():
        known = ours.get(key, [])
        # What we sent is a turn too, as soon as its event has come.
        newest = max([at_ms, *known])
        missing = sum(_ms(at) > newest for at in pushed.get(key, ()))
        since = sum(at > at_ms for at in known) + missing
        found[key] = LastWords(datetime.fromtimestamp(at_ms / 1000, timezone.utc), since)
    return found


async def _in_tickets(
    session: AsyncSession, senders: Collection[Sender], start: datetime
) -> dict[Sender, datetime]:
    rows = await session.execute(
        select(Ticket.channel, Ticket.sender, func.max(Ticket.last_customer_at))
        .where(tuple_(Ticket.channel, Ticket.sender).in_(senders), Ticket.last_customer_at >= start)
        .group_by(Ticket.channel, Ticket.sender)
    )
    return {(channel, sender): at for channel, sender, at in rows}


async def _pushed(
    session: AsyncSession, senders: Collection[Sender], start: datetime
) -> dict[Sender, list[datetime]]:
    sent = OutreachSend.state.in_((CLAIMED, SENT)) | OutreachSend.is_unsure
    rows = await session.execute(
        select(OutreachSend.channel, OutreachSend.sender, OutreachSend.claimed_at).where(
            tuple_(OutreachSend.channel, OutreachSend.sender).in_(senders),
            OutreachSend.claimed_at >= start,
            sent,
        )
    )
    found: dict[Sender, list[datetime]] = {}
    for channel, sender, at in rows:
        found.setdefault((channel, sender), []).append(at)
    return found


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
