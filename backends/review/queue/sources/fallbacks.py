"""Messages that no story covered, and among them those whose written replies were refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.review.models import Fallback
from backends.review.queue.sources.found import Batch, Found

#: A checked article was said word for word: nothing was missing.
_ANSWERED = "answered"
_AT_ONCE, _MARGIN = 500, 200


async def read(session: AsyncSession, position: int, since: datetime) -> Batch:
    """Read fallbacks; see `found.Reader`."""
    rows = await session.execute(
        select(Fallback)
        .where(Fallback.id > position - _MARGIN, Fallback.at >= since)
        .order_by(Fallback.id)
        .limit(_AT_ONCE + _MARGIN)
    )
    records = list(rows.scalars())
    found = [_found(record) for record in records]
    last = records[-1].id if records else position
    return Batch(found, last, len(records) < _AT_ONCE + _MARGIN)


def _found(record: Fallback) -> Found:
    refused = any(each.get("objections") for each in record.candidates)
    return Found(
        source="refused" if refused else "fallback",
        source_id=record.reference,
        text=record.question,
        channel=record.channel,
        sender=record.sender,
        at=record.at,
        language=record.language,
        said=record.said,
        details={
            "outcome": record.outcome,
            "passages": record.passages,
            "candidates": record.candidates,
        },
        left_out=_ANSWERED if record.outcome == _ANSWERED and not refused else None,
    )
