"""What an erasure does with each table that can name a person.

A test walks all tables and fails on one that could and is not named here, so that a new table must
be given its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.sql import ColumnElement

from backends.customers.erasure.person import Person
from backends.orders.models import ERASED

Rows = Callable[[Person, Table], ColumnElement]


@dataclass(frozen=True)
class Step:
    """One table's treatment.

    Attributes:
        table: its name.
        rows: which rows are the person's.
        values: what they are overwritten with; None when the rows are removed.
    """

    table: str
    rows: Rows
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Kept:
    """A table whose rows stay as they are.

    Attributes:
        table: its name.
        rows: which rows are the person's.
        why: for the report.
    """

    table: str
    rows: Rows
    why: str


def _of_senders_or_unnamed(person: Person, table: Table) -> ColumnElement:
    """Rows under the id, and those of a sender that were not written down as somebody's."""
    return person.by_id(table) | (table.c.customer_id.is_(None) & person.by_sender(table))


def _requests(person: Person, table: Table) -> ColumnElement:
    named = person.by_order(table) | person.by_sender(table)
    return named | person.mentioned(table, "text")


def _fallbacks(person: Person, table: Table) -> ColumnElement:
    texts = ("question", "said", "next_text")
    return person.by_sender(table) | person.mentioned(table, *texts)


def _answers(person: Person, table: Table) -> ColumnElement:
    return person.by_sender(table) | person.mentioned(table, "body")


def _counters(person: Person, table: Table) -> ColumnElement:
    senders = [f"{channel}\n{sender}" for channel, sender in person.senders]
    of_sender = (table.c.kind == "sender") & table.c.subject.in_(senders)
    return of_sender | ((table.c.kind == "order") & table.c.subject.in_(person.orders()))


BOOKKEEPING = (
    "Sums, goods and dates of sales are kept for bookkeeping and tax, and name nobody any more."
)

KEPT = (
    Kept("order_items", Person.by_order, BOOKKEEPING),
    Kept("refunds", Person.by_order, BOOKKEEPING),
)

# In this order: whose rows these are is read from tables that come later.
STEPS = (
    Step("profile_tags", Person.by_id),
    Step("customer_messages", Person.by_id),
    Step("consents", Person.by_id),
    Step("interactions", _of_senders_or_unnamed),
    Step("ratings", _of_senders_or_unnamed),
    Step("fallbacks", _fallbacks),
    Step("service_requests", _requests),
    Step("idempotency_keys", _answers),
    Step("throttles", _counters),
    Step("grants", lambda person, table: person.by_order(table) | person.by_sender(table)),
    Step("identities", Person.by_id),
    Step("address_changes", Person.by_order),
    # The way of a parcel ends where the customer lives.
    Step("shipment_events", Person.by_order),
    Step("returns", Person.by_order, {"reason": ""}),
    Step("exchanges", Person.by_order, {"reason": None, "wanted": ""}),
    Step("invoices", Person.by_order, {"title": "", "email": ""}),
    Step(
        "orders",
        Person.by_id,
        {
            "customer_id": ERASED,
            "address": "",
            "cancel_reason": None,
            "tracking_number": None,
        },
    ),
    Step("customers", lambda person, table: table.c.id == person.customer_id),
)
