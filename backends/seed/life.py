"""The life of one order: events happen to it as its state machines allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from backends.orders.states import EXCHANGE, ORDER, REFUND, RETURN
from backends.orders.wishes import REFUND_TIME
from backends.seed.customers import Person
from backends.seed.material import People
from backends.seed.wares import Choice, Ware

# Least and most hours between an event and the one before it.
HOURS = {
    "pay": (0.05, 1.0),
    "pack": (3.0, 20.0),
    "ship": (2.0, 10.0),
    "start_delivery": (30.0, 70.0),
    "deliver": (2.0, 8.0),
    "complete": (180.0, 240.0),
    "cancel": (0.5, 8.0),
}
FREE_SHIPPING_FEN = 9900
SHIPPING_FEN = 800


@dataclass(frozen=True)
class Line:
    """So many of one variant."""

    ware: Ware
    choice: Choice
    quantity: int


def plan(
    events: Sequence[str],
    placed_at: datetime,
    end: datetime,
    dice: Random,
    delivered_at: datetime | None = None,
) -> list[tuple[str, datetime]]:
    """Give each event a moment, in order, none after `end`.

    Args:
        events: what happens, in order.
        placed_at: when the order was placed.
        end: the present.
        dice: source of chance.
        delivered_at: when ``deliver`` has to happen, if that matters.
    """
    hours = [dice.uniform(*HOURS[event]) for event in events]
    timeline: list[tuple[str, datetime]] = []
    start, limit = placed_at, end
    rest = list(zip(events, hours, strict=True))
    if delivered_at and "deliver" in events:
        cut = list(events).index("deliver") + 1
        scale = (delivered_at - placed_at) / timedelta(hours=sum(hours[:cut]))
        timeline = _lay(rest[:cut], placed_at, scale)
        start, rest = delivered_at, rest[cut:]
    total = timedelta(hours=sum(length for _, length in rest))
    scale = min(1.0, 0.95 * ((limit - start) / total)) if total else 1.0
    return timeline + _lay(rest, start, scale)


def _lay(
    steps: Sequence[tuple[str, float]], start: datetime, scale: float
) -> list[tuple[str, datetime]]:
    moments = []
    for event, length in steps:
        start = start + timedelta(seconds=round(length * scale * 3600))
        moments.append((event, start))
    return moments


class OrderLife:
    """An order from its placing on; gives its rows for the tables at the end.

    Args:
        number: the order number.
        person: whose it is.
        lines: what was ordered.
        placed_at: when.
        people: names of carriers and places.
        dice: source of chance.
    """

    def __init__(
        self,
        number: str,
        person: Person,
        lines: Sequence[Line],
        placed_at: datetime,
        people: People,
        dice: Random,
    ) -> None:
        self.number = number
        self.person = person
        self.lines = lines
        self.people = people
        self.dice = dice
        goods = sum(line.choice.price_fen * line.quantity for line in lines)
        shipping = 0 if goods >= FREE_SHIPPING_FEN else SHIPPING_FEN
        self.order: dict[str, Any] = {
            "number": number,
            "customer_id": person.id,
            "status": ORDER.start,
            "placed_at": placed_at,
            "paid_at": None,
            "shipped_at": None,
            "delivered_at": None,
            "cancelled_at": None,
            "cancel_reason": None,
            "total_fen": goods + shipping,
            "shipping_fen": shipping,
            "address": person.address,
            "carrier": None,
            "tracking_number": None,
            "estimated_delivery": None,
        }
        self.events: list[dict[str, Any]] = []
        self.returned: dict[str, Any] | None = None
        self.exchange: dict[str, Any] | None = None
        self.refund: dict[str, Any] | None = None
        self.invoice: dict[str, Any] | None = None

    @property
    def items(self) -> list[dict[str, Any]]:
        """The lines as rows."""
        return [
            {
                "order_number": self.number,
                "line": at,
                "sku": line.choice.sku,
                "product_id": line.ware.id,
                "name_zh": line.ware.name_zh,
                "name_en": line.ware.name_en,
                "options": line.choice.options,
                "quantity": line.quantity,
                "price_fen": line.choice.price_fen,
            }
            for at, line in enumerate(self.lines, start=1)
        ]

    def happen(self, event: str, at: datetime) -> None:
        """Let an event of the order's machine happen.

        Raises:
            IllegalMove: it cannot happen now.
        """
        self.order["status"] = ORDER.after(self.order["status"], event)
        if event == "pay":
            self.order.update(paid_at=at, estimated_delivery=at + timedelta(days=5))
        elif event == "pack":
            prefix = self.dice.choice(sorted(self.people.carriers))
            self.order.update(
                carrier=self.people.carriers[prefix],  # type: ignore[index]
                tracking_number=f"{prefix}{self.dice.randrange(10**11, 10**12)}",
            )
            self._scan("label_created", at, self.people.warehouse)
        elif event == "ship":
            self.order.update(shipped_at=at, estimated_delivery=at + timedelta(days=3))
            self._scan("picked_up", at, self.people.warehouse)
        elif event == "start_delivery":
            sent = self.order["shipped_at"]
            self._scan("departed", sent + (at - sent) * 0.1, self.people.warehouse)
            self._scan("arrived", sent + (at - sent) * 0.8, self.person.city)
            self._scan("out_for_delivery", at, self.person.city)
        elif event == "deliver":
            self.order["delivered_at"] = at
            self._scan("delivered", at, self.person.city)
        elif event == "cancel":
            self.order.update(
                cancelled_at=at, cancel_reason=self.dice.choice(self.people.cancel_reasons)
            )
            if self.order["paid_at"]:
                self.start_refund(self.order["total_fen"], at)

    def travel(self, end: datetime, delayed: bool) -> None:
        """Let a parcel that is under way be seen between its hubs, none after `end`."""
        span = end - self.order["shipped_at"]
        self._scan("departed", self.order["shipped_at"] + span * 0.15, self.people.warehouse)
        if delayed:
            other = self.dice.choice(self.people.cities)
            self._scan("delayed", self.order["shipped_at"] + span * 0.6, other)
            self.order["estimated_delivery"] = end + timedelta(days=2)
        elif span > timedelta(hours=20):
            self._scan("arrived", self.order["shipped_at"] + span * 0.7, self.person.city)

    def send_back(self, goal: str, start: datetime, end: datetime, late: bool = False) -> None:
        """Let the customer return all of it and the return come to a state by `end`.

        Args:
            goal: the state it comes to.
            start: when it is asked for.
            end: when it has come there.
            late: whether goods that are refused are refused only after they have come.
        """
        refused_late = late and goal == "rejected"
        events = ["approve", "receive", "reject"] if refused_late else RETURN.path(goal)
        status, steps = RETURN.start, len(events) + 1
        self.returned = {
            "order_number": self.number,
            "reason": self.dice.choice(self.people.return_reasons),
            "skus": [line.choice.sku for line in self.lines],
            "requested_at": start,
        }
        for at, event in enumerate(events, start=1):
            moment = start + (end - start) * (at / steps)
            status = RETURN.after(status, event)
            if event == "approve":
                goods = self.order["total_fen"] - self.order["shipping_fen"]
                self.start_refund(goods, moment)
            elif event == "receive":
                self._scan("returned", moment, self.people.warehouse)
            elif event in {"close", "reject"} and self.refund:
                self.end_refund("pay" if event == "close" else "reject", moment)
        self.returned["status"] = status

    def swap(self, goal: str, start: datetime) -> None:
        """Let the customer ask for an exchange that has come to a state."""
        status = EXCHANGE.start
        for event in EXCHANGE.path(goal):
            status = EXCHANGE.after(status, event)
        line = self.lines[0]
        other = self.dice.choice(line.ware.choices)
        self.exchange = {
            "order_number": self.number,
            "status": status,
            "reason": None,
            "sku": line.choice.sku,
            "wanted": " / ".join(
                option["value_label"][self.person.language] for option in other.options
            )
            or other.sku,
            "requested_at": start,
        }

    def start_refund(self, amount_fen: int, at: datetime) -> None:
        """Send money on its way back."""
        self.refund = {
            "order_number": self.number,
            "status": REFUND.start,
            "amount_fen": amount_fen,
            "requested_at": at,
            "expected_by": at + REFUND_TIME,
            "refunded_at": None,
        }

    def end_refund(self, event: str, at: datetime) -> None:
        """Let the refund be paid or rejected."""
        assert self.refund is not None, "start_refund comes first"
        self.refund["status"] = REFUND.after(self.refund["status"], event)
        if event == "pay":
            self.refund["refunded_at"] = at

    def ask_invoice(self, at: datetime, issued_at: datetime | None) -> None:
        """Let the customer ask for an invoice, and it be issued."""
        self.invoice = {
            "order_number": self.number,
            "title": self.person.name,
            "email": f"{self.person.id.lower()}@example.com",
            "requested_at": at,
            "issued_at": issued_at,
        }

    def _scan(self, code: str, at: datetime, place: Any) -> None:
        self.events.append(
            {
                "order_number": self.number,
                "code": code,
                "at": at.replace(microsecond=0),
                "place_zh": place.zh,
                "place_en": place.en,
            }
        )
