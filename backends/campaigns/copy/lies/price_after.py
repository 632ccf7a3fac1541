"""A price with the offer that is not the price less the reduction."""

from __future__ import annotations

from collections.abc import Iterator

from backends.campaigns.copy.facts import number
from backends.campaigns.copy.lies.lie import Asked, Check, Lie


class PriceAfter(Check):
    """What a product is said to cost with the offer is what it costs."""

    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Reckon it."""
        offer = asked.brief.offer
        if offer is None or offer.price_after is None:
            return
        for ware in asked.wares:
            final = offer.final_fen(ware.price_fen)
            if final != round(offer.price_after * 100):
                true = ware.price_fen if final is None else final
                yield Lie("wrong_price", "offer.price_after", number(true / 100))
                return
