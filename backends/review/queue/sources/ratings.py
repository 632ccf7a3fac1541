"""Conversations that customers rated badly: what they had said, else their comment."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.clock import SHOP_TIME
from backends.db import now
from backends.feedback.models import Feedback
from backends.feedback.records import ANSWERED_WITHIN
from backends.insights.events.models import Conversation, Turn
from backends.review.queue.sources.found import Batch, Found
from backends.review.queue.sources.low_confidence import answers_to, found_in

#: CSAT of 1 to 5 and NPS of 0 to 10 up to which a rating is a bad one; NPS as the detractors.
WORST_CSAT, DETRACTOR = 2, 6
#: So many of a conversation's last messages are asked about.
_TURNS = 10
# Answers come in parts, and a conversation's events later than its rating.
_AGAIN = timedelta(hours=2)
_ONLY_A_COMMENT = timedelta(hours=1)


async def read(session: AsyncSession, position: int, since: datetime) -> Batch:
    """Read ratings answered since a moment in seconds; see `found.Reader`."""
    moment = now()
    begin = max(since, datetime.fromtimestamp(position, timezone.utc) - _AGAIN)
    rows = await session.execute(
        select(Feedback).where(
            Feedback.day >= (begin - ANSWERED_WITHIN).astimezone(SHOP_TIME).date(),
            Feedback.answered_at >= begin,
            or_(
                Feedback.csat <= WORST_CSAT,
                Feedback.solved.is_(False),
                Feedback.nps <= DETRACTOR,
            ),
        )
    )
    found = []
    for record in rows.scalars():
        found += await _of(session, record, moment)
    return Batch(found, int(moment.timestamp()), True)


async def _of(session: AsyncSession, record: Feedback, moment: datetime) -> list[Found]:
    details = {
        "solved": record.solved,
        "csat": record.csat,
        "nps": record.nps,
        "comment": record.comment,
    }
    rows = await session.execute(
        select(Conversation)
        .where(
            Conversation.channel == record.channel,
            Conversation.sender == record.sender,
            Conversation.started_at <= record.asked_at,
        )
        .order_by(Conversation.started_at.desc())
        .limit(1)
    )
    talk = rows.scalar_one_or_none()
    if talk is not None:
        asked_ms = int(record.asked_at.timestamp() * 1000)
        turns = await session.execute(
            select(Turn)
            .where(
                Turn.conversation_id == talk.id, Turn.author == "customer", Turn.at_ms <= asked_ms
            )
            .order_by(Turn.at_ms.desc(), Turn.id.desc())
            .limit(_TURNS)
        )
        said = list(turns.scalars())
        if said:
            answers = await answers_to(session, said)
            return [
                found_in(
                    turn, talk, "rating", f"{record.reference}-{turn.key}", answers[turn.id],
                    **details,
                )
                for turn in said
            ]  # fmt: skip
    if not record.comment or record.answered_at > moment - _ONLY_A_COMMENT:
        return []
    return [
        Found(
            source="rating",
            source_id=f"{record.reference}-comment",
            text=record.comment,
            channel=record.channel,
            sender=record.sender,
            at=record.answered_at,
            language=record.language,
            details=details,
        )
    ]
