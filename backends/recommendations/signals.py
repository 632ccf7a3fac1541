"""How much it says when a customer does something with a product."""

from __future__ import annotations

import math
from collections.abc import Mapping

#: A judgement, not a measurement: the shop's own data decides nothing between near values.
WEIGHTS: Mapping[str, float] = {"view": 1.0, "click": 1.5, "cart": 3.0, "purchase": 5.0}
#: A good rating says as much as a purchase; a bad one that no more like it is wanted.
GOOD_STARS = 4
BAD_STARS = 2


def weight(counts: Mapping[str, int], stars: int | None = None) -> float:
    """Return the weight of a customer's dealings with one product; 0 when they speak against it.

    Args:
        counts: how often, by kind of interaction.
        stars: the customer's rating, None without one.
    """
    if stars is not None and stars <= BAD_STARS:
        return 0.0
    done = sum(WEIGHTS[kind] * math.log2(1 + count) for kind, count in counts.items())
    return done + (WEIGHTS["purchase"] if stars is not None and stars >= GOOD_STARS else 0.0)
