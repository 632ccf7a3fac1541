"""What the invented customers wrote to the shop."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from statistics import fmean, median
from typing import Any

from backends.seed.customers import Person
from backends.seed.life import OrderLife
from backends.seed.material import Kind, Messages

ANY = "any"
FEWEST, MOST = 2, 6
# The last messages are so many days old at most.
DAYS = 170


def make_messages(
    persons: Iterable[Person],
    agreed: Container[str],
    lives: Iterable[OrderLife],
    material: Messages,
    moment: datetime,
    dice: Random,
) -> Iterator[dict[str, Any]]:
    """Rows of the table of messages, for the customers who agreed that they be kept.

    What customers write fits what they do: it is about the categories they like, of money as they
    spend it, and they complain more when something came back.

    Args:
        persons: who might write.
        agreed: ids of those who agreed.
        lives: all orders.
        material: the sentences.
        moment: the present.
        dice: source of chance.
    """
    orders: dict[str, list[OrderLife]] = {}
    for life in lives:
        orders.setdefault(life.person.id, []).append(life)
    paid = {person: _mean_price(some) for person, some in orders.items()}
    usual = median(paid.values())
    for person in persons:
        if person.id not in agreed:
            continue
        own = orders.get(person.id, [])
        kinds: dict[Kind, float] = {"taste": 4, "praise": 2, "complaint": 1}
        if own:
            kinds["lavish" if paid[person.id] > usual else "frugal"] = 3
        if any(life.returned or life.exchange for life in own):
            kinds.update({"praise": 0.5, "complaint": 5})
        for _ in range(dice.randint(FEWEST, MOST)):
            yield _message(person, kinds, material, moment, dice)


def _mean_price(lives: Iterable[OrderLife]) -> float:
    return fmean(line.choice.price_fen for life in lives for line in life.lines)


def _message(
    person: Person, kinds: Mapping[Kind, float], material: Messages, moment: datetime, dice: Random
) -> dict[str, Any]:
    kind = dice.choices(list(kinds), list(kinds.values()))[0]
    liked = dice.choice(sorted(person.taste))
    known = material.messages[ANY].get(kind, []) + material.messages.get(liked, {}).get(kind, [])
    sentence = dice.choice(known)
    return {
        "customer_id": person.id,
        "text": sentence.zh if person.language == "zh" else sentence.en,
        "language": person.language,
        "sentiment": material.sentiments[kind],
        "at": moment - timedelta(minutes=dice.randint(10, DAYS * 1440)),
    }
