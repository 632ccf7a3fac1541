"""Invented customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from backends.seed.material import City, Demo, People
from backends.seed.wares import Wares

# A block of numbers that is valid in form and plainly made up: 1990000 and four digits.
PHONE_BLOCK = "1990000"


@dataclass(frozen=True)
class Person:
    """A customer, where they live and what they like (weight by category)."""

    id: str
    name: str
    language: str
    phone: str
    address: str
    city: City
    created_at: datetime
    taste: Mapping[str, float]


def make_people(
    count: int, demo: Demo, people: People, wares: Wares, moment: datetime, dice: Random
) -> list[Person]:
    """The demo customers and invented ones, `count` in all.

    Args:
        count: how many; at most 10,000, since phones end in four digits each of its own.
        demo: the customers of the documentation, first in the list.
        people: what the others are made of.
        wares: the products, for the tastes.
        moment: the present; accounts are made in the two years before the last half-year.
        dice: source of chance.
    """
    persons = [
        Person(
            id=one.id,
            name=one.name,
            language=one.language,
            phone=one.phone,
            address=one.address,
            city=_city_of(one.address, people),
            created_at=moment - timedelta(days=400),
            taste={},
        )
        for one in demo.customers
    ]
    taken = {person.phone for person in persons}
    phones = [f"{PHONE_BLOCK}{last:04d}" for last in range(10_000)]
    free = [phone for phone in phones if phone not in taken]
    for at, phone in enumerate(dice.sample(free, count - len(persons)), start=1):
        language = "zh" if dice.random() < 0.6 else "en"
        city = dice.choice(people.cities)
        persons.append(
            Person(
                id=f"C{at:05d}",
                name=_name(people, language, dice),
                language=language,
                phone=phone,
                address=_address(people, city, language, dice),
                city=city,
                created_at=moment - timedelta(minutes=dice.randint(260_000, 1_300_000)),
                taste={name: dice.uniform(3, 8) for name in dice.sample(wares.categories, 2)},
            )
        )
    return persons


def _name(people: People, language: str, dice: Random) -> str:
    if language == "zh":
        return dice.choice(people.names.zh.family) + dice.choice(people.names.zh.given)
    return f"{dice.choice(people.names.en.given)} {dice.choice(people.names.en.family)}"


def _address(people: People, city: City, language: str, dice: Random) -> str:
    district, street = dice.choice(city.districts), dice.choice(people.streets)
    number, block, room = dice.randint(1, 299), dice.randint(1, 12), dice.randint(101, 2899)
    if language == "zh":
        return f"{city.zh}{district.zh}{street.zh}{number}号{block}栋{room}室"
    return f"Room {room}, {number} {street.en}, {district.en}, {city.en}"


def _city_of(address: str, people: People) -> City:
    for city in people.cities:
        if city.zh in address or city.en in address:
            return city
    return people.cities[0]
