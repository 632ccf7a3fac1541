"""What the invented customers agreed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from backends.customers.purposes import PURPOSES, Purpose
from backends.seed.customers import Person

# How many of a hundred say yes, and how many no; the rest says nothing, and the default holds.
SAID: Mapping[Purpose, tuple[int, int]] = {
    "marketing": (45, 25),
    "messages": (60, 20),
    "profile": (80, 10),
    "recommendations": (0, 5),
}


def make_consents(persons: Iterable[Person], dice: Random) -> Iterator[dict[str, Any]]:
    """Rows of the table of consents, from the first days of each account.

    Args:
        persons: whose consents.
        dice: source of chance.
    """
    for person in persons:
        at = person.created_at + timedelta(minutes=dice.randint(1, 4000))
        for purpose in PURPOSES:
            roll = dice.randrange(100)
            yes, no = SAID[purpose]
            if roll < yes + no:
                yield _row(person, purpose, roll < yes, at)


def _row(person: Person, purpose: Purpose, given: bool, at: datetime) -> dict[str, Any]:
    return {
        "customer_id": person.id,
        "purpose": purpose,
        "given": given,
        "source": "shop",
        "at": at,
    }
