"""What the invented customers looked at, put into the cart and bought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from backends.seed.customers import Person
from backends.seed.life import OrderLife
from backends.seed.wares import Wares


def from_orders(orders: Iterable[OrderLife], dice: Random) -> Iterator[dict[str, Any]]:
    """Before something is ordered it is looked at and put into the cart; payment is a purchase."""
    for life in orders:
        placed_at = life.order["placed_at"]
        for line in life.lines:
            for _ in range(dice.randint(1, 3)):
                yield _row(life.person, "view", line.ware.id, _before(placed_at, 4000, dice))
            yield _row(life.person, "cart", line.ware.id, _before(placed_at, 60, dice))
            if life.order["paid_at"]:
                row = _row(life.person, "purchase", line.ware.id, life.order["paid_at"])
                yield {**row, "basket": life.number}


def from_browsing(
    persons: Iterable[Person], wares: Wares, moment: datetime, dice: Random
) -> Iterator[dict[str, Any]]:
    """Looking around to one's taste, now and then with a click or a cart that led to nothing."""
    for person in persons:
        for _ in range(dice.randint(4, 24)):
            ware = wares.pick(dice, person.taste)
            at = _before(moment, 180 * 1440, dice)
            yield _row(person, "view", ware.id, at)
            if dice.random() < 0.25:
                yield _row(person, "click", ware.id, at + timedelta(seconds=20))
            if dice.random() < 0.06:
                yield _row(person, "cart", ware.id, at + timedelta(seconds=90))


def _before(moment: datetime, minutes: int, dice: Random) -> datetime:
    return moment - timedelta(minutes=dice.randint(2, minutes))


def _row(person: Person, kind: str, product_id: str, at: datetime) -> dict[str, Any]:
    return {
        "kind": kind,
        "product_id": product_id,
        "customer_id": person.id,
        "channel": None,
        "sender": None,
        "basket": None,
        "at": at,
    }
