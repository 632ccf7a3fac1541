"""An offer that is called one of the catalogue's and is not as the catalogue has it."""

from __future__ import annotations

from collections.abc import Iterator

from backends.campaigns.copy.briefs.brief import GIFT, Offer
from backends.campaigns.copy.lies.lie import Asked, Check, Lie
from backends.campaigns.copy.wares import holds_for
from backends.campaigns.copy.writing.likeness import pairs
from backends.catalog.models import Promotion

#: What part of a gift's name stands in the promotion's title.
_NAMED = 0.6


class OfPromotion(Check):
    """A named promotion, or one whose code is used, holds now, for each product, on these terms."""

    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Compare the offer with the catalogue."""
        offer = asked.brief.offer
        if offer is None:
            return
        if offer.promotion and asked.promotion is None:
            yield Lie("no_promotion", "offer.promotion", offer.promotion)
        elif asked.promotion is not None:
            yield from self._against(asked, offer, asked.promotion)
        if offer.promotion is None and offer.code and asked.of_code:
            yield from self._against(asked, offer, asked.of_code[0])

    def _against(self, asked: Asked, offer: Offer, promotion: Promotion) -> Iterator[Lie]:
        if promotion.ends < asked.day:
            yield Lie("expired", "offer.promotion", promotion.ends.isoformat())
        if promotion.starts > asked.day:
            yield Lie("not_begun", "offer.promotion", promotion.starts.isoformat())
        for ware in asked.wares:
            if not holds_for(promotion, ware):
                yield Lie("not_for_product", "offer.promotion", ware.names[asked.brief.language])
        yield from terms(offer, promotion, asked.brief.language)


def terms(offer: Offer, promotion: Promotion, language: str) -> Iterator[Lie]:
    """Yield what of an offer is not as in the catalogue."""
    minimum = None if promotion.minimum_fen is None else promotion.minimum_fen / 100
    for name, said, true in (
        ("kind", offer.kind, promotion.kind),
        ("value", offer.value, promotion.value),
        ("minimum", offer.minimum, minimum),
        ("code", (offer.code or "").upper(), (promotion.code or "").upper()),
    ):
        if said != true:
            yield Lie("other_terms", f"offer.{name}", "" if true is None else f"{true}")
    if offer.until is not None and offer.until > promotion.ends:
        yield Lie("other_terms", "offer.until", promotion.ends.isoformat())
    if promotion.kind == GIFT:
        title = promotion.title_zh if language == "zh" else promotion.title_en
        named = pairs(offer.gift or "")
        if not named or len(named & pairs(title)) < _NAMED * len(named):
            yield Lie("other_terms", "offer.gift", title)
