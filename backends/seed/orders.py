"""Invented orders in every state, and the demo orders of the documentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from backends.errors import SetupError
from backends.orders.states import EXCHANGE, ORDER, RETURN
from backends.seed.customers import Person
from backends.seed.life import Line, OrderLife, plan
from backends.seed.material import Demo, DemoOrder, People
from backends.seed.wares import Ware, Wares

# Up to which age in days which states are likely, and how much.
AGES: tuple[tuple[float, dict[str, float]], ...] = (
    (1, {"pending_payment": 4, "paid": 4, "packed": 1, "cancelled": 1}),
    (2, {"pending_payment": 1, "paid": 3, "packed": 4, "shipped": 1, "cancelled": 1}),
    (4, {"packed": 1, "shipped": 7, "out_for_delivery": 1, "cancelled": 1}),
    (6, {"shipped": 3, "out_for_delivery": 3, "delivered": 3, "cancelled": 1}),
    (14, {"delivered": 17, "shipped": 1, "cancelled": 2}),
    (1000, {"completed": 9, "cancelled": 1}),
)
HALF_YEAR = 180
# Time of day (UTC) at which demo orders were placed and delivered.
HOUR_PLACED = timedelta(hours=2, minutes=30)
HOUR_DELIVERED = timedelta(hours=7, minutes=20)


def make_orders(
    count: int, persons: list[Person], people: People, wares: Wares, moment: datetime, dice: Random
) -> Iterator[OrderLife]:
    """Invent orders of the last half-year, a third of them of the last two weeks.

    Args:
        count: how many.
        persons: who orders.
        people: names of carriers and places.
        wares: what is ordered.
        moment: the present; nothing happens after it.
        dice: source of chance.
    """
    numbers: Counter[str] = Counter()
    for _ in range(count):
        days = dice.uniform(0.1, 14) if dice.random() < 0.35 else dice.uniform(14, HALF_YEAR)
        placed_at = moment - timedelta(seconds=round(days * 86_400))
        day = f"{placed_at:%Y%m%d}"
        numbers[day] += 1
        # Numbers up to 100 of a day are kept for demo orders.
        number = f"XD{day}{100 + numbers[day]:04d}"
        person = dice.choice(persons)
        weights = next(weights for age, weights in AGES if days <= age)
        status = dice.choices(list(weights), list(weights.values()))[0]
        life = OrderLife(number, person, _basket(person, wares, dice), placed_at, people, dice)
        _live(life, status, moment, days > 6)
        if life.order["delivered_at"]:
            _complain(life, moment)
        if life.order["paid_at"] and status != "cancelled" and dice.random() < 0.15:
            asked = life.order["paid_at"]
            issued = asked + timedelta(days=1)
            life.ask_invoice(asked, issued if issued < moment else None)
        yield life


def make_demo_orders(
    demo: Demo,
    persons: list[Person],
    people: People,
    wares: Wares,
    moment: datetime,
    dice: Random,
) -> Iterator[OrderLife]:
    """The orders of demo_orders.yml.

    Raises:
        SetupError: an order names a customer or product that there is not, or a state that its
            fields cannot lead to.
    """
    known = {person.id: person for person in persons}
    for one in demo.orders:
        if one.customer not in known:
            raise SetupError(f"demo_orders.yml: {one.number} names an unknown customer.")
        lines = [
            Line(_ware(one, item.product, wares), choice, item.quantity)
            for item in one.items
            for choice in [_ware(one, item.product, wares).variant(item.options)]
        ]
        placed_at = moment - timedelta(days=one.days_ago) + HOUR_PLACED
        life = OrderLife(one.number, known[one.customer], lines, placed_at, people, dice)
        delivered_at = (
            None
            if one.delivered_days_ago is None
            else moment - timedelta(days=one.delivered_days_ago) + HOUR_DELIVERED
        )
        _live(life, one.status, moment, False, paid=one.refund is not None, at=delivered_at)
        _after_sales(life, one, moment)
        yield life


def _after_sales(life: OrderLife, one: DemoOrder, moment: datetime) -> None:
    delivered_at = life.order["delivered_at"]
    if (one.returned or one.exchanged) and not delivered_at:
        raise SetupError(f"demo_orders.yml: {one.number} comes back but was not delivered.")
    if one.returned:
        life.send_back(one.returned, delivered_at + timedelta(days=1), moment)
    if one.exchanged:
        life.swap(one.exchanged, delivered_at + timedelta(days=1))
    if one.refund:
        if life.refund is None:
            raise SetupError(f"demo_orders.yml: {one.number} has nothing to refund.")
        if life.refund["status"] != one.refund:
            life.end_refund("pay" if one.refund == "refunded" else "reject", moment)
    if one.invoice:
        asked = life.order["paid_at"]
        life.ask_invoice(asked, asked + timedelta(days=1) if one.invoice == "issued" else None)


def _ware(one: DemoOrder, product: str, wares: Wares) -> Ware:
    if product not in wares.by_id:
        raise SetupError(f"demo_orders.yml: {one.number} names {product}, which is no product.")
    return wares.by_id[product]


def _basket(person: Person, wares: Wares, dice: Random) -> list[Line]:
    first = wares.pick(dice, person.taste)
    # What goes with a product is bought with it more often than anything else is.
    others: list[Ware | None] = []
    if dice.random() < 0.45:
        others = [wares.companion(dice, first) for _ in range(2 if dice.random() < 0.3 else 1)]
    elif dice.random() < 0.12:
        others = [wares.pick(dice, person.taste)]
    chosen = [first]
    for other in others:
        if other is not None and other not in chosen:
            chosen.append(other)
    return [
        Line(ware, dice.choice(ware.choices), 1 if dice.random() < 0.92 else 2) for ware in chosen
    ]


def _live(
    life: OrderLife,
    status: str,
    moment: datetime,
    late: bool,
    *,
    paid: bool | None = None,
    at: datetime | None = None,
) -> None:
    if status == "cancelled":
        paid = life.dice.random() < 0.65 if paid is None else paid
        events = ["pay", "cancel"] if paid else ["cancel"]
    else:
        events = ORDER.path(status)
    for event, when in plan(events, life.order["placed_at"], moment, life.dice, at):
        life.happen(event, when)
    if status == "shipped":
        life.travel(moment, delayed=late or life.dice.random() < 0.1)
    refund = life.refund
    if refund and moment > refund["expected_by"]:
        paid_back = refund["requested_at"] + timedelta(days=life.dice.uniform(1, 4.5))
        life.end_refund("pay", paid_back.replace(microsecond=0))


def _complain(life: OrderLife, moment: datetime) -> None:
    chance = life.dice.random()
    start = life.order["delivered_at"] + timedelta(hours=life.dice.randint(2, 120))
    if chance > 0.18 or start >= moment:
        return
    old = moment - start > timedelta(days=14)
    final = ("closed", "rejected")
    if chance < 0.12:
        goals = final if old else tuple(sorted(RETURN.states - set(final)))
        end = min(moment, start + timedelta(days=12))
        life.send_back(life.dice.choice(goals), start, end, late=life.dice.random() < 0.4)
    else:
        goals = final if old else tuple(sorted(EXCHANGE.states - set(final)))
        life.swap(life.dice.choice(goals), start)
