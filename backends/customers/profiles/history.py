"""What is known of customers: orders, what they looked at, and what they wrote, as consented.

Of the table ``customers`` the id alone is read: no name, language, phone or date comes in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.consent import covers_many
from backends.customers.models import CustomerMessage
from backends.orders.models import Exchange, Order, OrderItem, Return
from backends.recommendations.models import Interaction

#: The latest messages of a customer that are read.
MESSAGES = 50
# A database takes only so many values in one statement.
_AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """A product in an order; the price is that of a piece, in fen."""

    product: str
    price_fen: int
    quantity: int


@dataclass
class Placed:
    """An order, with whether goods of it were cancelled or came back."""

    at: datetime
    cancelled: bool
    came_back: bool = False
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """A product was viewed, clicked or put into the cart."""

    kind: str
    product: str
    at: datetime


@dataclass(frozen=True)
class Message:
    """What a customer wrote, as kept: masked of personal data."""

    id: int
    text: str
    language: str
    sentiment: str | None
    at: datetime


@dataclass
class History:
    """All of it for one customer.

    Attributes:
        reads_messages: whether consent covers the messages; without it there are none.
    """

    customer: str
    orders: list[Placed] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    reads_messages: bool = False

    @property
    def known(self) -> bool:
        """Whether there is anything to judge by."""
        return bool(self.orders or self.looks or self.messages)

    @property
    def kept(self) -> list[Placed]:
        """The orders that were not cancelled."""
        return [order for order in self.orders if not order.cancelled]


async def read_histories(session: AsyncSession, customers: Iterable[str]) -> list[History]:
    """Return the histories of those customers whose consent covers a profile, by id.

    Messages are read only of those whose consent covers these too.
    """
    covered = sorted(await covers_many(session, customers, "profile"))
    histories = []
    for start in range(0, len(covered), _AT_ONCE):
        histories += await _read(session, covered[start : start + _AT_ONCE])
    return histories


async def _read(session: AsyncSession, ids: Sequence[str]) -> list[History]:
    found = {name: History(name) for name in ids}
    orders = await _orders(session, ids)
    for customer, order in orders:
        found[customer].orders.append(order)
    looks = await session.execute(
        select(Interaction.customer_id, Interaction.kind, Interaction.product_id, Interaction.at)
        .where(Interaction.customer_id.in_(ids), Interaction.kind != "purchase")
        .order_by(Interaction.at, Interaction.id)
    )
    for customer, kind, product, at in looks:
        found[customer].looks.append(Look(kind, product, at))
    readable = await covers_many(session, ids, "messages")
    for name in readable:
        found[name].reads_messages = True
    for customer, message in await _messages(session, sorted(readable)):
        if len(found[customer].messages) < MESSAGES:
            found[customer].messages.append(message)
    return list(found.values())


async def _orders(session: AsyncSession, ids: Sequence[str]) -> list[tuple[str, Placed]]:
    rows = await session.execute(
        select(Order.number, Order.customer_id, Order.placed_at, Order.status)
        .where(Order.customer_id.in_(ids))
        .order_by(Order.placed_at, Order.number)
    )
    orders = {
        number: (customer, Placed(at, status == "cancelled"))
        for number, customer, at, status in rows
    }
    mine = Order.customer_id.in_(ids)
    lines = await session.execute(
        select(
            OrderItem.order_number, OrderItem.product_id, OrderItem.price_fen, OrderItem.quantity
        )
        .join(Order, Order.number == OrderItem.order_number)
        .where(mine)
        .order_by(OrderItem.order_number, OrderItem.line)
    )
    for number, product, price, quantity in lines:
        orders[number][1].lines.append(Line(product, price, quantity))
    for table in (Return, Exchange):
        numbers = await session.execute(
            select(table.order_number).join(Order, Order.number == table.order_number).where(mine)
        )
        for number in numbers.scalars():
            orders[number][1].came_back = True
    return list(orders.values())


async def _messages(session: AsyncSession, ids: Sequence[str]) -> list[tuple[str, Message]]:
    """The messages, the latest first."""
    rows = await session.execute(
        select(CustomerMessage)
        .where(CustomerMessage.customer_id.in_(ids))
        .order_by(CustomerMessage.at.desc(), CustomerMessage.id.desc())
    )
    return [
        (row.customer_id, Message(row.id, row.text, row.language, row.sentiment, row.at))
        for row in rows.scalars()
    ]
