"""An offer that has ended, or that never would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from backends.campaigns.copy.lies.lie import Asked, Check, Lie


class Ending(Check):
    """The last day lies ahead, and not too far."""

    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Look at the offer's last day."""
        offer = asked.brief.offer
        if offer is None or offer.until is None:
            return
        if offer.until < asked.day:
            yield Lie("expired", "offer.until", offer.until.isoformat())
        longest = timedelta(days=asked.material.limits.longest_days)
        if offer.promotion is None and offer.until - asked.day > longest:
            yield Lie("too_long", "offer.until", str(asked.material.limits.longest_days))
