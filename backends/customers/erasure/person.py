"""Which rows are a customer's: by the id, by senders who were this customer, by orders."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, Text, cast, exists, literal, or_, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement, Select

from backends.orders.models import Grant, Identity, Order, ServiceRequest
from backends.recommendations.models import Interaction, Rating

Sender = tuple[str, str]


@dataclass(frozen=True)
class Person:
    """What a customer is known by.

    Attributes:
        customer_id: the shop's id.
        phone: the phone number; None when the customer's row is gone already.
        senders: channel and sender id of each who was this customer.
    """

    customer_id: str
    phone: str | None
    senders: tuple[Sender, ...]

    def orders(self) -> Select:
        """A query for the numbers of the customer's orders."""
        return select(Order.number).where(Order.customer_id == self.customer_id)

    def by_id(self, table: Table) -> ColumnElement:
        """Rows that name the customer."""
        return table.c.customer_id == self.customer_id

    def by_order(self, table: Table) -> ColumnElement:
        """Rows that belong to an order of the customer."""
        return table.c.order_number.in_(self.orders())

    def by_sender(self, table: Table) -> ColumnElement:
        """Rows of the customer's senders."""
        return tuple_(table.c.channel, table.c.sender).in_(self.senders)

    def mentioned(self, table: Table, *columns: str) -> ColumnElement:
        """Rows in whose texts (or JSON) an order number or the phone of the customer stands."""
        texts = [cast(table.c[name], Text) for name in columns]
        marks = [exists(self.orders().where(text.contains(Order.number))) for text in texts]
        if self.phone:
            marks += [text.contains(literal(self.phone)) for text in texts]
        return or_(*marks)


async def recognise(session: AsyncSession, customer_id: str, phone: str | None) -> Person:
    """Gather the senders who were a customer.

    They are those bound to the customer, those who proved an order of theirs by its pair, and
    those written down as the customer before. One who is bound to somebody else by now is not
    among them: what he does is the other's.
    """
    number = select(Order.number).where(Order.customer_id == customer_id)
    of_order = [
        select(Grant.channel, Grant.sender).where(Grant.order_number.in_(number)),
        select(ServiceRequest.channel, ServiceRequest.sender).where(
            ServiceRequest.order_number.in_(number), ServiceRequest.order_verified
        ),
    ]
    of_customer = [
        select(kind.channel, kind.sender).where(
            kind.customer_id == customer_id, kind.sender.is_not(None)
        )
        for kind in (Identity, Interaction, Rating)
    ]
    found = {tuple(row) for row in await session.execute(union(*of_order, *of_customer))}
    of_others = await session.execute(
        select(Identity.channel, Identity.sender).where(
            Identity.customer_id != customer_id,
            tuple_(Identity.channel, Identity.sender).in_(found),
        )
    )
    return Person(customer_id, phone, tuple(sorted(found - {tuple(row) for row in of_others})))
