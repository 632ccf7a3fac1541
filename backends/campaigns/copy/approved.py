"""Approved copy, for those who send it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.briefs.records import is_reference
from backends.campaigns.copy.models import APPROVED, CopyVariant
from backends.campaigns.copy.snapshot import changes
from backends.db import now
from backends.errors import ApiError

#: The newest approved variants that are offered to choose from.
_MOST = 500
_SENTENCES = {
    "not_approved": "The variant {0} is not approved.",
    "expired": "The offer of the variant {0} has expired.",
    "product_gone": "A product of the variant {0} is no longer in the catalogue.",
    "price_changed": "The price of a product of the variant {0} has changed since it was approved.",
    "product_changed": "The facts about a product of the variant {0} have changed.",
    "sold_out": "A product of the variant {0} is sold out.",
    "not_scarce": "The variant {0} says that few are left, and there are enough again.",
    "offer_changed": "The promotion of the variant {0} has changed or is gone.",
}


@dataclass(frozen=True)
class ApprovedCopy:
    """A text that may be sent.

    Attributes:
        reference: the variant's.
        text: the copy.
        language, channel: what it is for.
        product: id of the product it is about first.
        offer_until: the moment after which its offer no longer holds; None without an end.
    """

    reference: str
    text: str
    language: str
    channel: str
    product: str
    offer_until: datetime | None


async def approved(session: AsyncSession, references: Sequence[str]) -> list[ApprovedCopy]:
    """Return approved variants in the order asked for.

    Raises:
        ApiError: 409 ``not_allowed`` when one is not approved, its offer has expired, or a price,
            product or offer it rests on has changed; ``reason`` says which, ``reference`` whose.
    """
    wanted = [reference for reference in references if is_reference(reference)]
    rows = await session.execute(select(CopyVariant).where(CopyVariant.reference.in_(wanted)))
    found = {variant.reference: variant for variant in rows.scalars()}
    reasons = await changes(session, list(found.values()), now())
    for reference in references:
        variant = found.get(reference)
        if variant is None or variant.state != APPROVED:
            raise _refusal("not_approved", reference if variant else "")
        if reference in reasons:
            raise _refusal(reasons[reference], reference)
    return [_copy(found[reference]) for reference in references]


async def approved_for(
    session: AsyncSession, language: str = "", channel: str = ""
) -> list[ApprovedCopy]:
    """Return what may be sent now, the newest first.

    Args:
        session: any session.
        language: ``zh`` or ``en``; "" for both.
        channel: of `channels.yml`; "" for all.
    """
    query = select(CopyVariant).where(CopyVariant.state == APPROVED)
    if language:
        query = query.where(CopyVariant.language == language)
    if channel:
        query = query.where(CopyVariant.channel == channel)
    rows = await session.execute(query.order_by(CopyVariant.id.desc()).limit(_MOST))
    found = list(rows.scalars())
    reasons = await changes(session, found, now())
    return [_copy(variant) for variant in found if variant.reference not in reasons]


def _refusal(reason: str, reference: str) -> ApiError:
    sentence = _SENTENCES[reason].format(reference).replace("variant  ", "variant ")
    return ApiError(409, "not_allowed", sentence, reason=reason, reference=reference)


def _copy(variant: CopyVariant) -> ApprovedCopy:
    return ApprovedCopy(
        variant.reference,
        variant.text,
        variant.language,
        variant.channel,
        variant.product,
        variant.offer_until,
    )
