"""What an approved text rests on, and whether it still does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.material.limits import Limits
from backends.campaigns.copy.models import CopyVariant
from backends.campaigns.copy.wares import Ware, read_promotions, read_wares
from backends.catalog.models import Promotion
from backends.clock import SHOP_TIME

# Why a text may no longer be used; the page has a sentence for each.
EXPIRED, GONE, SOLD_OUT, NOT_SCARCE = "expired", "product_gone", "sold_out", "not_scarce"
PRICE, PRODUCT, OFFER = "price_changed", "product_changed", "offer_changed"


def snapshot(
    brief: Brief, wares: Sequence[Ware], promotion: Promotion | None, limits: Limits
) -> dict[str, Any]:
    """Return what copy for a brief rests on, as JSON.

    Args:
        brief: what it is for.
        wares: its products.
        promotion: the catalogue's promotion that its offer is, or None.
        limits: of what may be called scarce.
    """
    return {
        "products": {
            ware.id: {
                "price": ware.price_fen,
                "was": ware.was_fen,
                "digest": ware.digest(brief.language),
            }
            for ware in wares
        },
        "promotion": None if promotion is None else _terms(promotion),
        "scarce": limits.scarce_at_most if brief.scarce else None,
    }


async def changes(
    session: AsyncSession, variants: Sequence[CopyVariant], moment: datetime
) -> dict[str, str]:
    """Return why variants may no longer be used, by reference; those that may are left out."""
    ids = {id for variant in variants for id in variant.snapshot["products"]}
    wares = await read_wares(session, sorted(ids))
    named = {_promotion(variant) for variant in variants} - {None}
    promotions: dict[str, Promotion] = {}
    for id in named:
        for found in await read_promotions(session, id=id):
            promotions[found.id] = found
    reasons = {}
    for variant in variants:
        reason = _change(variant, wares, promotions, moment)
        if reason is not None:
            reasons[variant.reference] = reason
    return reasons


def _change(
    variant: CopyVariant,
    wares: Mapping[str, Ware],
    promotions: Mapping[str, Promotion],
    moment: datetime,
) -> str | None:
    kept = variant.snapshot
    if variant.offer_until is not None and variant.offer_until < moment:
        return EXPIRED
    for id, was in kept["products"].items():
        ware = wares.get(id)
        if ware is None:
            return GONE
        if (ware.price_fen, ware.was_fen) != (was["price"], was["was"]):
            return PRICE
        if ware.digest(variant.language) != was["digest"]:
            return PRODUCT
        if ware.stock <= 0:
            return SOLD_OUT
        if kept["scarce"] is not None and ware.stock > kept["scarce"]:
            return NOT_SCARCE
    if kept["promotion"] is not None:
        promotion = promotions.get(kept["promotion"]["id"])
        if promotion is None or _terms(promotion) != kept["promotion"]:
            return OFFER
        if promotion.ends < moment.astimezone(SHOP_TIME).date():
            return EXPIRED
    return None


def _promotion(variant: CopyVariant) -> str | None:
    kept = variant.snapshot["promotion"]
    return None if kept is None else str(kept["id"])


def _terms(promotion: Promotion) -> dict[str, Any]:
    return {
        "id": promotion.id,
        "kind": promotion.kind,
        "value": promotion.value,
        "minimum": promotion.minimum_fen,
        "code": promotion.code,
        "ends": promotion.ends.isoformat(),
        "scope": promotion.scope,
    }
