"""What the sources have found becomes messages to review, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database, now
from backends.review.queue import texts
from backends.review.queue.inserting import insert_missing
from backends.review.queue.models import ReviewMessage, ReviewOccurrence
from backends.review.queue.sources import fallbacks, low_confidence, ratings
from backends.review.queue.sources.found import Found, Reader
from backends.review.queue.work import Lease, note_position, position_of

#: What was said earlier is not asked about, and what was not decided by then is forgotten.
KEEP = timedelta(days=180)


def readers(threshold: float) -> dict[str, Reader]:
    """Return the sources by name.

    Args:
        threshold: confidence below which an understood message is asked about, 0 to 1.
    """
    return {
        "low_confidence": low_confidence.reader(threshold),
        "fallbacks": fallbacks.read,
        "ratings": ratings.read,
    }


async def collect(
    db: Database, lease: Lease, threshold: float, known: Mapping[str, str]
) -> Counter[str]:
    """Read what is new in all sources.

    Safe to be stopped anywhere: what was read is written with how far it was read, and what is read
    again counts once.

    Args:
        db: the database.
        lease: of this work; renewed with each batch.
        threshold: see `readers`.
        known: normalised texts that are NLU examples already.

    Returns:
        How many times something was said by what became of it: ``new``, ``repeated``, or one of
        `models.LEFT_OUT`.

    Raises:
        Lost: another process goes on with it.
    """
    counts: Counter[str] = Counter()
    for name, read in readers(threshold).items():
        while True:
            async with db.write() as session:
                await lease.renew(session)
                since = now() - KEEP
                batch = await read(session, await position_of(session, name), since)
                counts += await _store(session, batch.found, known)
                await note_position(session, name, batch.position)
            if batch.is_last:
                break
    return counts


async def _store(
    session: AsyncSession, found: list[Found], known: Mapping[str, str]
) -> Counter[str]:
    counts: Counter[str] = Counter()
    seen = await _seen(session, found)
    for one in found:
        if (one.source, one.source_id) in seen:
            continue
        seen.add((one.source, one.source_id))
        reason = one.left_out or texts.says_nothing(one.text)
        if reason is None and texts.normalised(one.text) in known:
            reason = "known"
        if reason is not None:
            if await _note(session, one, None, reason):
                counts[reason] += 1
            continue
        message, is_new = await _message(session, one)
        if await _note(session, one, message.id, None):
            _add(message, one)
            counts["new" if is_new else "repeated"] += 1
    return counts


async def _seen(session: AsyncSession, found: list[Found]) -> set[tuple[str, str]]:
    ids = list({one.source_id for one in found})
    seen: set[tuple[str, str]] = set()
    for at in range(0, len(ids), 400):
        rows = await session.execute(
            select(ReviewOccurrence.source, ReviewOccurrence.source_id).where(
                ReviewOccurrence.source_id.in_(ids[at : at + 400])
            )
        )
        seen.update((source, source_id) for source, source_id in rows)
    return seen


async def _note(
    session: AsyncSession, one: Found, message_id: int | None, left_out: str | None
) -> bool:
    """Write the occurrence down; of what is left out, only that it was."""
    kept = left_out is None
    return await insert_missing(
        session,
        ReviewOccurrence,
        source=one.source,
        source_id=one.source_id,
        message_id=message_id,
        left_out=left_out,
        channel=one.channel,
        sender=one.sender,
        conversation_id=one.conversation_id,
        at=one.at,
        intent=one.intent,
        confidence=one.confidence,
        said=one.said if kept else "",
        details=one.details if kept else {},
    )


async def _message(session: AsyncSession, one: Found) -> tuple[ReviewMessage, bool]:
    text = texts.clean(one.text)
    key = texts.key_of(text)
    is_new = await insert_missing(
        session,
        ReviewMessage,
        key=key,
        text=text,
        language=texts.language_of(text, one.language),
        entities=one.entities if text == one.text else [],
        count=0,
        first_at=one.at,
        newest_at=one.at,
    )
    rows = await session.execute(
        select(ReviewMessage).where(ReviewMessage.key == key).with_for_update()
    )
    return rows.scalar_one(), is_new


def _add(message: ReviewMessage, one: Found) -> None:
    message.count += 1
    message.first_at = min(message.first_at, one.at)
    if one.at >= message.newest_at:
        message.newest_at = one.at
        if one.intent is not None:
            message.intent = one.intent
    message.intent = message.intent or one.intent
    if one.confidence is not None:
        message.confidence = min(one.confidence, _or_most(message.confidence))


def _or_most(confidence: float | None) -> float:
    return 1.0 if confidence is None else confidence
