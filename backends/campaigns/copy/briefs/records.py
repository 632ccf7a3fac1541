"""Briefs and their variants in the database."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.models import (
    APPROVED,
    DRAFT,
    STATES,
    WRITING,
    WRITTEN,
    CopyBrief,
    CopyVariant,
)
from backends.campaigns.copy.writing.variant import Variant
from backends.errors import ApiError, not_found

#: After so long whoever was writing has stopped, and another may begin anew.
STALE = timedelta(seconds=40)


async def begin(
    session: AsyncSession,
    key: str,
    request_hash: str,
    brief: Brief,
    products: Sequence[str],
    made_by: int | None,
    moment: datetime,
) -> tuple[CopyBrief, bool]:
    """Return the brief of a key, and whether the caller is to write it.

    Raises:
        ApiError: 422 when the key came with another brief before.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = await session.execute(
        insert(CopyBrief)
        .values(
            reference=new_reference("CB"),
            key=key,
            request_hash=request_hash,
            language=brief.language,
            channel=brief.channel,
            asked=brief.record(),
            products=list(products),
            state=WRITING,
            writing_since=moment,
            notes=[],
            made_by=made_by,
            created_at=moment,
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
    row = (await session.execute(select(CopyBrief).where(CopyBrief.key == key))).scalar_one()
    if made.rowcount:
        return row, True
    if row.request_hash != request_hash:
        raise ApiError(
            422,
            "idempotency_mismatch",
            "This Idempotency-Key was used with another request: take a new one.",
        )
    if row.state == WRITING and row.writing_since < moment - STALE:
        taken = await session.execute(
            update(CopyBrief)
            .where(CopyBrief.id == row.id, CopyBrief.writing_since == row.writing_since)
            .where(CopyBrief.state == WRITING)
            .values(writing_since=moment)
        )
        await session.refresh(row)
        return row, bool(taken.rowcount)
    return row, False


async def finish(
    session: AsyncSession,
    row: CopyBrief,
    variants: Sequence[Variant],
    notes: Sequence[str],
    snapshot: Mapping[str, Any],
    offer_until: datetime | None,
    moment: datetime,
) -> None:
    """Keep what was written, unless somebody else has begun anew in the meantime."""
    taken = await session.execute(
        update(CopyBrief)
        .where(CopyBrief.id == row.id, CopyBrief.writing_since == row.writing_since)
        .where(CopyBrief.state == WRITING)
        .values(state=WRITTEN, notes=list(notes))
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:
        return
    session.add_all(
        CopyVariant(
            reference=new_reference("CP"),
            brief_id=row.id,
            position=position,
            text=variant.text,
            language=row.language,
            channel=row.channel,
            product=row.products[0],
            writer=variant.writer,
            template=variant.template,
            grounding=[asdict(ground) for ground in variant.grounds],
            snapshot=dict(snapshot),
            offer_until=offer_until,
            state=DRAFT,
            version=1,
            created_at=moment,
        )
        for position, variant in enumerate(variants, 1)
    )


async def give_up(session: AsyncSession, row: CopyBrief) -> None:
    """Take back a brief of which nothing was written; its key is free again."""
    await session.execute(
        delete(CopyBrief)
        .where(CopyBrief.id == row.id, CopyBrief.state == WRITING)
        .execution_options(synchronize_session=False)
    )


async def of_key(session: AsyncSession, key: str) -> CopyBrief | None:
    """Return the brief of an Idempotency-Key."""
    rows = await session.execute(select(CopyBrief).where(CopyBrief.key == key))
    return rows.scalar_one_or_none()


async def brief_of(session: AsyncSession, reference: str) -> CopyBrief:
    """Return a brief.

    Raises:
        ApiError: 404.
    """
    if not is_reference(reference):
        raise not_found("There is no such brief.")
    rows = await session.execute(select(CopyBrief).where(CopyBrief.reference == reference))
    found = rows.scalar_one_or_none()
    if found is None:
        raise not_found("There is no such brief.")
    return found


async def references(session: AsyncSession, briefs: Sequence[int]) -> dict[int, str]:
    """References of briefs by id."""
    rows = await session.execute(
        select(CopyBrief.id, CopyBrief.reference).where(CopyBrief.id.in_(set(briefs)))
    )
    return dict(rows.all())


async def variants_of(session: AsyncSession, briefs: Sequence[int]) -> list[CopyVariant]:
    """The variants of briefs, in their order."""
    rows = await session.execute(
        select(CopyVariant)
        .where(CopyVariant.brief_id.in_(list(briefs)))
        .order_by(CopyVariant.brief_id, CopyVariant.position)
    )
    return list(rows.scalars())


async def variant_of(
    session: AsyncSession, reference: str, lock: bool = False
) -> tuple[CopyVariant, CopyBrief]:
    """Return a variant and its brief.

    Raises:
        ApiError: 404.
    """
    if not is_reference(reference):
        raise not_found("There is no such variant.")
    query = (
        select(CopyVariant, CopyBrief)
        .join(CopyBrief, CopyBrief.id == CopyVariant.brief_id)
        .where(CopyVariant.reference == reference)
    )
    if lock:
        query = query.with_for_update(of=CopyVariant)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise not_found("There is no such variant.")
    return found[0], found[1]


async def list_briefs(session: AsyncSession, limit: int, offset: int = 0) -> list[CopyBrief]:
    """The newest briefs."""
    query = select(CopyBrief).order_by(CopyBrief.id.desc()).limit(limit).offset(offset)
    return list((await session.execute(query)).scalars())


async def list_variants(
    session: AsyncSession, state: str, language: str, channel: str, limit: int, offset: int
) -> list[CopyVariant]:
    """The newest variants; "" for any state, language or channel."""
    query = select(CopyVariant)
    if state in STATES:
        query = query.where(CopyVariant.state == state)
    if language:
        query = query.where(CopyVariant.language == language)
    if channel:
        query = query.where(CopyVariant.channel == channel)
    query = query.order_by(CopyVariant.id.desc()).limit(limit).offset(offset)
    return list((await session.execute(query)).scalars())


async def forget_briefs(session: AsyncSession, moment: datetime) -> None:
    """Delete briefs made before a moment of which nothing was approved."""
    kept = exists().where(and_(CopyVariant.brief_id == CopyBrief.id, CopyVariant.state == APPROVED))
    await session.execute(
        delete(CopyBrief)
        .where(CopyBrief.created_at < moment, ~kept)
        .execution_options(synchronize_session=False)
    )


def is_reference(text: str) -> bool:
    """Whether a text could be one; others never come to the database."""
    return re.fullmatch("C[BP][0-9A-F]{10}", text) is not None


def new_reference(kind: str) -> str:
    """A reference that tells nothing: two letters and ten hexadecimal digits."""
    return kind + secrets.token_hex(5).upper()
