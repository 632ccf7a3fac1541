"""A person edits, approves or rejects what was written."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.briefs import records
from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.facts import Facts, gather
from backends.campaigns.copy.lies.all import find_lies
from backends.campaigns.copy.lies.lie import Asked, Lie
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.models import APPROVED, DRAFT, REJECTED, CopyBrief, CopyVariant
from backends.campaigns.copy.rules.all import judge
from backends.campaigns.copy.rules.rule import Copy, Objection
from backends.campaigns.copy.snapshot import snapshot
from backends.campaigns.copy.wares import read_promotions, read_wares
from backends.campaigns.copy.writing.grounding import grounds_of
from backends.campaigns.copy.writing.variant import Ground
from backends.clock import today
from backends.errors import ApiError

#: Longest text that is kept, in characters, and longest reason.
MOST_TEXT, MOST_REASON = 4000, 500


async def asked_again(session: AsyncSession, row: CopyBrief, material: Material) -> Asked:
    """A brief that was written before, beside what is true now."""
    brief = Brief.read(row.asked)
    wares = await read_wares(session, row.products)
    promotion, of_code = None, []
    if brief.offer and brief.offer.promotion:
        found = await read_promotions(session, id=brief.offer.promotion)
        promotion = found[0] if found else None
    elif brief.offer and brief.offer.code:
        of_code = await read_promotions(session, code=brief.offer.code)
    return Asked(brief, tuple(wares.values()), promotion, of_code, material, today())


def look(text: str, asked: Asked, products: int) -> tuple[list[Objection], list[Lie]]:
    """What speaks against a text now: the rules, and what has become untrue of its brief.

    Blocking: call it in a thread.

    Args:
        text: the copy.
        asked: its brief, beside what is true now.
        products: how many products the brief was for.
    """
    if len(asked.wares) < products:
        return [], [Lie("product_gone", "products")]
    facts = _facts(asked)
    return judge(Copy(text, asked.brief, facts, asked.material)), find_lies(asked)


async def edit(
    session: AsyncSession,
    reference: str,
    text: str,
    version: int,
    staff: int,
    material: Material,
    moment: datetime,
) -> CopyVariant:
    """Change a draft's text; what speaks against it is shown, and it cannot be approved until gone.

    Raises:
        ApiError: 400 for an empty or too long text, 404, 409 when it is decided or was changed.
    """
    text = text.strip()
    if not text or len(text) > MOST_TEXT:
        raise ApiError(400, "invalid_request", "The text is empty or too long.", reason="text")
    variant, row = await _draft(session, reference, version)
    if text == variant.text:
        return variant
    asked = await asked_again(session, row, material)
    grounds = await asyncio.to_thread(_grounds, text, asked) if asked.wares else ()
    if variant.original is None:
        variant.original = variant.text
    variant.text = text
    variant.grounding = [asdict(ground) for ground in grounds]
    variant.edited_by, variant.edited_at = staff, moment
    variant.version += 1
    return variant


async def approve(
    session: AsyncSession,
    reference: str,
    version: int,
    staff: int,
    material: Material,
    moment: datetime,
) -> CopyVariant:
    """Approve a draft as it was read; it cannot be changed from then on.

    Raises:
        ApiError: 404, 409 when it is decided, was changed, or something speaks against it.
    """
    variant, row = await _draft(session, reference, version)
    asked = await asked_again(session, row, material)
    objections, lies = await asyncio.to_thread(look, variant.text, asked, len(row.products))
    if objections or lies:
        raise ApiError(
            409,
            "not_allowed",
            "Something speaks against this text: edit it, or write a new brief.",
            reason="objections",
            objections=[vars(one) for one in objections],
            lies=[vars(one) for one in lies],
        )
    promotion = asked.promotion or (asked.of_code[0] if asked.of_code else None)
    variant.snapshot = snapshot(asked.brief, asked.wares, promotion, material.limits)
    _decide(variant, APPROVED, staff, moment)
    return variant


async def reject(
    session: AsyncSession, reference: str, version: int, staff: int, reason: str, moment: datetime
) -> CopyVariant:
    """Reject a draft with a reason.

    Raises:
        ApiError: 400 without a reason, 404, 409 when it is decided or was changed.
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise ApiError(400, "invalid_request", "Say why it is rejected.", reason="reason_missing")
    variant, _ = await _draft(session, reference, version)
    variant.reason = reason
    _decide(variant, REJECTED, staff, moment)
    return variant


def _decide(variant: CopyVariant, state: str, staff: int, moment: datetime) -> None:
    variant.state, variant.decided_by, variant.decided_at = state, staff, moment
    variant.version += 1


async def _draft(
    session: AsyncSession, reference: str, version: int
) -> tuple[CopyVariant, CopyBrief]:
    variant, row = await records.variant_of(session, reference, lock=True)
    if variant.state != DRAFT:
        raise ApiError(409, "not_allowed", "It has been decided already.", reason="decided")
    if variant.version != version:
        raise ApiError(
            409, "not_allowed", "Somebody has changed it since: read it again.", reason="changed"
        )
    return variant, row


def _facts(asked: Asked) -> Facts:
    return gather(asked.brief, asked.wares, asked.material)


def _grounds(text: str, asked: Asked) -> tuple[Ground, ...]:
    return grounds_of(text, _facts(asked))
