"""Whether the names in a brief are known, and what the offer of a promotion is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.briefs.brief import MOST_PRODUCTS, Brief, Offer
from backends.campaigns.copy.lies.lie import Asked
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.wares import ids_of_category, read_promotions, read_wares
from backends.catalog.models import Promotion
from backends.clock import today
from backends.customers.segments.book import Segment
from backends.errors import ApiError

#: How many products of a category are shown.
_OF_CATEGORY = 4


async def ask(
    session: AsyncSession, brief: Brief, material: Material, segments: Mapping[str, Segment]
) -> Asked:
    """Return a brief beside what is true; its offer is completed from the promotion it names.

    Raises:
        ApiError: 409 ``unknown`` for a name that is not known, ``field`` says of what.
    """
    if brief.tone not in material.tones:
        raise _unknown("tone", "There is no tone of that name", material.tones)
    if brief.channel not in material.channels:
        raise _unknown("channel", "There is no channel of that name", material.channels)
    if brief.audience is not None and brief.audience not in segments:
        raise _unknown("audience", "There is no segment of that name", segments)
    if bool(brief.products) == (brief.category is not None):
        raise _refusal("products", "Name products or a category, one of the two.")
    ids = brief.products
    if brief.category is not None:
        found = await ids_of_category(session, brief.category, _OF_CATEGORY)
        if found is None:
            raise _refusal("category", "There is no category of that name.")
        if not found:
            raise _refusal("category", "Everything in that category is sold out.")
        ids = tuple(found)
    wares = await read_wares(session, list(dict.fromkeys(ids))[:MOST_PRODUCTS])
    if len(wares) < len(set(ids)):
        raise _refusal("products", "There is no product of that id.")
    promotion, of_code, offer = None, list[Promotion](), brief.offer
    if offer and offer.promotion:
        rows = await read_promotions(session, id=offer.promotion)
        promotion = rows[0] if rows else None
        offer = _completed(offer, promotion)
    elif offer and offer.code:
        of_code = await read_promotions(session, code=offer.code)
        if of_code and offer.until is None:
            offer = replace(offer, until=of_code[0].ends)
    return Asked(
        replace(brief, offer=offer), tuple(wares.values()), promotion, of_code, material, today()
    )


def _completed(offer: Offer, promotion: Promotion | None) -> Offer:
    """What a brief leaves out of a promotion's terms is as the catalogue has it."""
    if promotion is None:
        return offer
    minimum = None if promotion.minimum_fen is None else promotion.minimum_fen / 100
    return replace(
        offer,
        value=promotion.value if offer.value is None else offer.value,
        minimum=minimum if offer.minimum is None else offer.minimum,
        code=promotion.code if offer.code is None else offer.code,
        until=promotion.ends if offer.until is None else offer.until,
    )


def _unknown(field: str, sentence: str, names: Mapping[str, object]) -> ApiError:
    return _refusal(field, f"{sentence}; there are: {', '.join(names)}.")


def _refusal(field: str, sentence: str) -> ApiError:
    return ApiError(409, "not_allowed", sentence, reason="unknown", field=field)
