"""Writing fallbacks down, and reading them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.auth import Caller
from backends.review.models import Fallback
from backends.review.schemas import FallbackQuery, FallbackRequest, NextRequest

# Rows looked through at once for one rule of the guard.
_PAGE = 500


async def add(
    session: AsyncSession, caller: Caller, told: FallbackRequest, moment: datetime
) -> Fallback:
    """Write a fallback down."""
    record = Fallback(
        reference=f"FB{secrets.token_hex(6).upper()}",
        channel=caller.channel,
        sender=caller.sender,
        at=moment,
        **told.dict(),
    )
    session.add(record)
    await session.flush()
    return record


async def add_next(
    session: AsyncSession, caller: Caller, reference: str, told: NextRequest, moment: datetime
) -> bool:
    """Note what this customer did after a fallback of theirs; the first word stays.

    Returns:
        Whether there is such a fallback.
    """
    mine = (Fallback.channel == caller.channel) & (Fallback.sender == caller.sender)
    found = await session.execute(select(Fallback).where(Fallback.reference == reference, mine))
    record = found.scalar_one_or_none()
    if record is None:
        return False
    if record.next_act is None:
        record.next_act = told.act
        record.next_text = told.text
        record.next_intent = told.intent
        record.next_at = moment
    return True


async def latest(session: AsyncSession, asked: FallbackQuery) -> list[Fallback]:
    """Return fallbacks, the latest first."""
    chosen = select(Fallback).order_by(Fallback.id.desc())
    if asked.outcome:
        chosen = chosen.where(Fallback.outcome == asked.outcome)
    if asked.rule is None:
        rows = await session.execute(chosen.limit(asked.limit).offset(asked.offset))
        return list(rows.scalars())
    # Verdicts lie in a JSON column that the two databases search in different ways.
    wanted, skipped, found = asked.limit, asked.offset, []
    page = 0
    while len(found) < wanted:
        rows = list((await session.execute(chosen.limit(_PAGE).offset(page))).scalars())
        for record in rows:
            if asked.rule in _rules(record.candidates):
                if skipped:
                    skipped -= 1
                elif len(found) < wanted:
                    found.append(record)
        if len(rows) < _PAGE:
            break
        page += _PAGE
    return found


async def forget_fallbacks(session: AsyncSession, moment: datetime) -> None:
    """Delete the fallbacks from before a moment."""
    await session.execute(
        delete(Fallback).where(Fallback.at < moment).execution_options(synchronize_session=False)
    )


def _rules(candidates: list[dict[str, Any]]) -> set[str]:
    return {objection["rule"] for each in candidates for objection in each["objections"]}
