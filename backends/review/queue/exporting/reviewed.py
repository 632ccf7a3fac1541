"""What people decided in the last weeks, as a file of labelled messages for evaluations."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.review.queue import markup
from backends.review.queue.deciding import prefilled
from backends.review.queue.models import EXAMPLES, ReviewDecision, ReviewMessage
from backends.review.queue.orders import Known

#: How far back a decision counts.
WEEKS = timedelta(weeks=8)


async def labelled(session: AsyncSession, known: Known, moment: datetime) -> list[dict[str, Any]]:
    """Return text, intent, entities, language and time of each message with a decided intent.

    Those count too that were exported, and those whose understood intent was accepted.
    """
    rows = await session.execute(
        select(ReviewMessage, ReviewDecision.at)
        .join(ReviewDecision, ReviewDecision.id == ReviewMessage.decision_id)
        .where(ReviewDecision.kind.in_(EXAMPLES), ReviewDecision.at >= moment - WEEKS)
        .order_by(ReviewDecision.at, ReviewMessage.id)
    )
    found = []
    for message, at in rows:
        example = markup.read(prefilled(message, known))
        found.append(
            {
                "text": example.text,
                "intent": message.label,
                "entities": [mark.shown() for mark in example.marks],
                "language": message.language,
                "at": at.isoformat(),
            }
        )
    return found


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write one row a line, all at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    draft.write_text(lines, encoding="utf-8")
    os.replace(draft, path)
