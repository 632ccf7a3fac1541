"""Messages whose intent was understood with low confidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.insights.events.models import Conversation, Turn
from backends.review.queue.sources.found import Batch, Found, Reader

#: Not what was understood, but that nothing was: `sources.fallbacks` tells of these.
NOTHING = "nlu_fallback"
_AT_ONCE = 500
# Rows of a transaction that began earlier and ended later have smaller numbers than what was read.
_MARGIN = 200


def reader(threshold: float) -> Reader:
    """Return a `found.Reader` of turns below a confidence, 0 to 1."""

    async def read(session: AsyncSession, position: int, since: datetime) -> Batch:
        last = (await session.execute(select(func.max(Turn.id)))).scalar() or 0
        rows = await session.execute(
            select(Turn, Conversation)
            .join(Conversation, Turn.conversation_id == Conversation.id)
            .where(
                Turn.id > position - _MARGIN,
                Turn.id <= last,
                Turn.author == "customer",
                Turn.confidence < threshold,
                Turn.is_fallback.is_(False),
                func.coalesce(Turn.intent, NOTHING) != NOTHING,
                Turn.at_ms >= int(since.timestamp() * 1000),
            )
            .order_by(Turn.id)
            .limit(_AT_ONCE + _MARGIN)
        )
        pairs = rows.all()
        is_last = len(pairs) < _AT_ONCE + _MARGIN
        answers = await answers_to(session, [turn for turn, _ in pairs])
        found = [
            found_in(turn, talk, "low_confidence", f"{talk.id}-{turn.key}", answers[turn.id])
            for turn, talk in pairs
        ]
        return Batch(found, last if is_last else pairs[-1][0].id, is_last)

    return read


def found_in(
    turn: Turn, talk: Conversation, source: str, source_id: str, said: str, **details: object
) -> Found:
    """A turn of a customer as something found."""
    return Found(
        source=source,
        source_id=source_id,
        text=turn.text,
        channel=talk.channel,
        sender=talk.sender,
        at=moment_of(turn),
        conversation_id=talk.id,
        intent=None if turn.intent == NOTHING else turn.intent,
        confidence=turn.confidence,
        entities=[one for one in turn.entities or [] if isinstance(one, dict)],
        said=said,
        details=dict(details),
    )


def moment_of(turn: Turn) -> datetime:
    """When it was said."""
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=turn.at_ms)


async def answers_to(session: AsyncSession, turns: Iterable[Turn]) -> dict[int, str]:
    """Return what the bot said between each turn and the customer's next, by the turn's id."""
    asked = {turn.id: turn for turn in turns}
    answers = dict.fromkeys(asked, "")
    talks = list({turn.conversation_id for turn in asked.values()})
    for at in range(0, len(talks), 200):
        rows = await session.execute(
            select(Turn.id, Turn.conversation_id, Turn.author, Turn.text)
            .where(Turn.conversation_id.in_(talks[at : at + 200]))
            .order_by(Turn.conversation_id, Turn.at_ms, Turn.id)
        )
        last = None
        for number, talk, author, text in rows:
            if author == "customer":
                last = number if number in asked else None
            elif last is not None and asked[last].conversation_id == talk and author == "bot":
                answers[last] = f"{answers[last]}\n{text}".strip()[:2000]
    return answers
