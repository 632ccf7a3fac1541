"""What is not decided in time goes, and who said something is forgotten with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.review.queue.models import ReviewGroup, ReviewMessage, ReviewOccurrence


async def forget_reviews(session: AsyncSession, moment: datetime) -> None:
    """Delete what was said last before a moment, and not decided.

    Of what was decided the text stays, with the decision; who said it, and when, does not.
    """
    for statement in (
        delete(ReviewOccurrence).where(ReviewOccurrence.at < moment),
        delete(ReviewMessage).where(
            ReviewMessage.newest_at < moment, ReviewMessage.decision_id.is_(None)
        ),
        delete(ReviewGroup).where(
            ReviewGroup.made_at < moment,
            ~select(ReviewMessage.id).where(ReviewMessage.group_id == ReviewGroup.id).exists(),
        ),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))
