"""Sums of feedback."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from backends.feedback.models import Feedback
from backends.insights.measures.counting.scope import Scope
from backends.insights.measures.counting.talks import read_talks
from backends.insights.measures.counting.tally import Made, Tally
from backends.insights.measures.models import DailyFeedback
from backends.orders.models import Identity

_SATISFIED, _PROMOTER, _DETRACTOR = 4, 9, 6
#: The day of feedback is that of the opening hours' time zone, which may be another.
_A_DAY = timedelta(days=1)


async def count_feedback(scope: Scope) -> list[Made]:
    """Make the sums of feedback anew."""
    asked = Feedback.day.between(scope.first, scope.last)
    customer = func.coalesce(Feedback.customer_id, Identity.customer_id).label("customer_id")
    rows = (
        await scope.session.execute(
            select(
                Feedback.channel,
                Feedback.sender,
                Feedback.language,
                Feedback.day,
                Feedback.asked_at,
                Feedback.solved,
                Feedback.csat,
                Feedback.nps,
                customer,
            )
            .outerjoin(Identity, scope.bound(Feedback))
            .where(asked)
        )
    ).all()
    segments = await scope.segments(row.customer_id for row in rows)
    first, last = scope.first - _A_DAY, scope.last + _A_DAY
    talks = await read_talks(scope.session, first, last, Feedback, asked)
    tally = Tally(DailyFeedback)
    for row in rows:
        talk = talks.at(row.channel, row.sender, row.asked_at)
        language = row.language or talk.language
        own = segments.get(row.customer_id, ())
        tally.add(row.day, row.channel, language, talk.model, own, _numbers(row))
    return [tally]


def _numbers(row: Any) -> tuple[int, ...]:
    rated, recommended = row.csat is not None, row.nps is not None
    return (
        1,
        int(row.solved is True),
        int(row.solved is not None),
        int(rated and row.csat >= _SATISFIED),
        int(rated),
        int(recommended and row.nps >= _PROMOTER),
        int(recommended and row.nps <= _DETRACTOR),
        int(recommended),
    )
