"""What the pages of copy show."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy import approval
from backends.campaigns.copy.briefs import records
from backends.campaigns.copy.lies.lie import Asked
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.models import DRAFT, CopyBrief, CopyVariant
from backends.campaigns.copy.snapshot import changes
from backends.campaigns.copy.wares import current_promotions
from backends.catalog.models import Category, Product
from backends.clock import today
from backends.console.campaigns.wording import lie_sentence, objection_sentence, source_words
from backends.console.texts import Texts
from backends.db import now
from backends.staff.models import Staff

#: Briefs on one page of the list.
MOST_BRIEFS = 30


@dataclass(frozen=True)
class Shown:
    """A variant as a page shows it.

    Attributes:
        row: the variant.
        length, most, unit: how long it is, of how much.
        objections: sentences that speak against it; of drafts alone.
        grounds: ``(piece, fact, where from)``.
        unusable: a sentence why it may not be sent; of approved ones alone.
        edited_by, decided_by: names.
    """

    row: CopyVariant
    length: int
    most: int | None
    unit: str
    objections: list[str]
    grounds: list[tuple[str, str, str]]
    unusable: str | None
    edited_by: str
    decided_by: str


async def brief_page(
    session: AsyncSession, row: CopyBrief, material: Material, t: Texts
) -> dict[str, Any]:
    """What the page of one brief shows."""
    variants = await records.variants_of(session, [row.id])
    asked = await approval.asked_again(session, row, material)
    reasons = await changes(session, variants, now())
    people = await _names(session, variants)
    drafts = [variant for variant in variants if variant.state == DRAFT]
    against = await asyncio.to_thread(_against, drafts, asked, len(row.products), material, t)
    channel = material.channels.get(row.channel)
    shown = []
    for variant in variants:
        reason = reasons.get(variant.reference)
        shown.append(
            Shown(
                row=variant,
                length=channel.length(variant.text) if channel else len(variant.text),
                most=channel.most if channel else None,
                unit=channel.unit if channel else "characters",
                objections=against.get(variant.reference, []),
                grounds=[
                    (one["piece"], one["fact"], source_words(t, one["source"]))
                    for one in variant.grounding
                ],
                unusable=None if reason is None else t(f"campaigns.unusable.{reason}"),
                edited_by=people.get(variant.edited_by, ""),
                decided_by=people.get(variant.decided_by, ""),
            )
        )
    names = {ware.id: ware.names[t.language] for ware in asked.wares}
    return {
        "brief": row,
        "asked": asked.brief,
        "products": [(id, names.get(id, id)) for id in row.products],
        "variants": shown,
        "tone": _label(material.tones, asked.brief.tone, t),
        "channel": _label(material.channels, row.channel, t),
        "notes": [t(f"campaigns.notes.{note}") for note in row.notes],
    }


def _against(
    drafts: Iterable[CopyVariant], asked: Asked, products: int, material: Material, t: Texts
) -> dict[str, list[str]]:
    found = {}
    for variant in drafts:
        objections, lies = approval.look(variant.text, asked, products)
        found[variant.reference] = [
            *(objection_sentence(t, one, material) for one in objections),
            *(lie_sentence(t, one) for one in lies),
        ]
    return found


async def brief_list(session: AsyncSession) -> list[tuple[CopyBrief, Mapping[str, int]]]:
    """The newest briefs, each with the number of its variants by state."""
    rows = await records.list_briefs(session, MOST_BRIEFS)
    counted = await session.execute(
        select(CopyVariant.brief_id, CopyVariant.state, func.count())
        .where(CopyVariant.brief_id.in_([row.id for row in rows]))
        .group_by(CopyVariant.brief_id, CopyVariant.state)
    )
    counts: dict[int, dict[str, int]] = {row.id: {} for row in rows}
    for brief, state, number in counted:
        counts[brief][state] = number
    return [(row, counts[row.id]) for row in rows]


async def form_choices(session: AsyncSession, language: str) -> dict[str, Any]:
    """What the form of a brief offers to choose from."""
    name = Product.name_zh if language == "zh" else Product.name_en
    label = Category.name_zh if language == "zh" else Category.name_en
    products = await session.execute(select(Product.id, name).order_by(Product.id))
    categories = await session.execute(select(Category.id, label).order_by(Category.position))
    promotions = await current_promotions(session, today())
    return {
        "products": products.all(),
        "categories": categories.all(),
        "promotions": [
            (f"{one.kind}:{one.id}", one.title_zh if language == "zh" else one.title_en)
            for one in promotions
        ],
    }


async def _names(session: AsyncSession, variants: Iterable[CopyVariant]) -> dict[int | None, str]:
    ids = {id for one in variants for id in (one.edited_by, one.decided_by) if id is not None}
    rows = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return dict(rows.all())


def _label(names: Mapping[str, Any], name: str, t: Texts) -> str:
    one = names.get(name)
    return name if one is None else str(one.zh if t.language == "zh" else one.en)
