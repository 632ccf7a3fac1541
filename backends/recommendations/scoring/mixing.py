"""Mixing of an order with scores, so that no score moves anything far."""

from __future__ import annotations

from collections.abc import Sequence


def mixed_order(scores: Sequence[float], weight: float, places: int) -> list[int]:
    """Return the places of a list in their new order.

    Each item has ``weight · score + (1 - weight) · rank score``; the rank score falls evenly from 1
    for the first to 0 for the last. From the top down, each place goes to the highest of those that
    are at most ``places`` away, or to the one that would otherwise be more than that away from its
    old place; there is one at most. So whatever the scores, nothing moves further, up or down.

    Args:
        scores: (n,) in 0..1, in the old order.
        weight: of the scores, 0..1.
        places: how far an item may move.
    """
    last = max(len(scores) - 1, 1)
    mixed = [weight * score + (1 - weight) * (1 - at / last) for at, score in enumerate(scores)]
    left = list(range(len(scores)))
    order = []
    for place in range(len(scores)):
        if left[0] + places <= place:
            order.append(left.pop(0))
            continue
        reach = [at for at in left if at <= place + places]
        best = max(reach, key=lambda at: (mixed[at], -at))
        left.remove(best)
        order.append(best)
    return order
