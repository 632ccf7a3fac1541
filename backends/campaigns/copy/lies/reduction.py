"""A reduction that the shop does not allow, or that is not one."""

from __future__ import annotations

from collections.abc import Iterator

from backends.campaigns.copy.briefs.brief import AMOUNT, GIFT, PERCENT
from backends.campaigns.copy.facts import number
from backends.campaigns.copy.lies.lie import Asked, Check, Lie


class Reduction(Check):
    """What is taken off stays within the shop's limit, for each product."""

    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Reckon it."""
        offer = asked.brief.offer
        if offer is None:
            return
        if offer.kind in (PERCENT, AMOUNT) and not offer.value:
            yield Lie("no_value", "offer.value")
            return
        if offer.kind not in (PERCENT, AMOUNT) and offer.value:
            yield Lie("no_reduction", "offer.value", number(offer.value))
        if offer.kind == GIFT and not offer.gift:
            yield Lie("no_gift", "offer.gift")
        if offer.kind != GIFT and offer.gift:
            yield Lie("gift_not_offered", "offer.gift", offer.gift)
        if offer.promotion is not None:
            return  # the catalogue answers for it
        most = asked.material.limits.most_percent_off
        for ware in asked.wares:
            base = max(ware.price_fen, round((offer.minimum or 0) * 100))
            if offer.kind == PERCENT:
                off = float(offer.value or 0)
            elif offer.kind == AMOUNT:
                off = 100 * round((offer.value or 0) * 100) / base
            else:
                return
            if off > most:
                yield Lie(
                    "too_much_off", "offer.value", f"{number(round(off, 1))}% > {number(most)}%"
                )
                return
