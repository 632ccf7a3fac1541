"""All rows that are invented around a catalogue, as a pure function of it, a number and a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from random import Random
from typing import Any

from backends.customers.models import Consent, CustomerMessage
from backends.orders.models import (
    Customer,
    Exchange,
    Invoice,
    Order,
    OrderItem,
    Refund,
    Return,
    ShipmentEvent,
)
from backends.recommendations.models import Interaction
from backends.seed.consents import make_consents
from backends.seed.customers import make_people
from backends.seed.interactions import from_browsing, from_orders
from backends.seed.life import OrderLife
from backends.seed.material import Demo, Messages, People
from backends.seed.messages import make_messages
from backends.seed.orders import make_demo_orders, make_orders
from backends.seed.wares import Wares

CUSTOMERS = 400
ORDERS = 1500

Rows = dict[Any, list[dict[str, Any]]]


def invent(
    wares: Wares,
    people: People,
    demo: Demo,
    messages: Messages,
    number: int,
    today: date,
    progress: Callable[[int], Any] = lambda _: None,
) -> Rows:
    """Invent customers, orders, interactions, consents and messages.

    Args:
        wares: the catalogue.
        people: what customers are made of.
        demo: the orders of the documentation; they count into the 1,500.
        messages: what customers write.
        number: the same number gives the same rows for the same day and files.
        today: nothing happens after the start of this day (UTC).
        progress: called with 1 for each order made.

    Returns:
        The rows by table, tables in the order they must be filled in.
    """
    moment = datetime(today.year, today.month, today.day, tzinfo=timezone.utc)
    persons = make_people(CUSTOMERS, demo, people, wares, moment, Random(f"{number}:people"))
    # Demo customers place the demo orders only, so that what is said of them stays true.
    others = persons[len(demo.customers) :]
    lives: list[OrderLife] = []
    dice = Random(f"{number}:demo")
    lives += make_demo_orders(demo, persons, people, wares, moment, dice)
    dice = Random(f"{number}:orders")
    for life in make_orders(ORDERS - len(lives), others, people, wares, moment, dice):
        lives.append(life)
        progress(1)
    dice = Random(f"{number}:interactions")
    interactions = [*from_orders(lives, dice), *from_browsing(others, wares, moment, dice)]
    consents = list(make_consents(others, Random(f"{number}:consents")))
    agreed = {
        row["customer_id"] for row in consents if row["purpose"] == "messages" and row["given"]
    }
    dice = Random(f"{number}:messages")
    written = list(make_messages(others, agreed, lives, messages, moment, dice))
    return {
        Customer: [
            {
                "id": person.id,
                "name": person.name,
                "language": person.language,
                "phone": person.phone,
                "created_at": person.created_at,
            }
            for person in persons
        ],
        Order: [life.order for life in lives],
        OrderItem: [item for life in lives for item in life.items],
        ShipmentEvent: [event for life in lives for event in life.events],
        Return: [life.returned for life in lives if life.returned],
        Exchange: [life.exchange for life in lives if life.exchange],
        Refund: [life.refund for life in lives if life.refund],
        Invoice: [life.invoice for life in lives if life.invoice],
        Interaction: sorted(
            interactions, key=lambda row: (row["at"], row["customer_id"], row["product_id"])
        ),
        Consent: sorted(consents, key=lambda row: (row["at"], row["customer_id"], row["purpose"])),
        CustomerMessage: sorted(written, key=lambda row: (row["at"], row["customer_id"])),
    }
