"""What an erasure does with each table that can name a person.

A test walks all tables and fails on one that could and is not named here, so that a new table must
be given its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.sql import ColumnElement

from backends.campaigns.experiments.forgetting import OVERWRITTEN, assignments_of
from backends.customers.erasure.person import Person
from backends.db import now
from backends.orders.models import ERASED
from backends.review.queue.collecting import KEEP

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


def _tickets(person: Person, table: Table) -> ColumnElement:
    texts = ("summary", "topic", "slots", "agreed")
    return _of_senders_or_unnamed(person, table) | person.mentioned(table, *texts)


def _of_tickets(person: Person, table: Table) -> ColumnElement:
    """Rows that belong to a ticket that goes."""
    tickets = table.metadata.tables["tickets"]
    return table.c.ticket_id.in_(select(tickets.c.id).where(_tickets(person, tickets)))


def _ticket_messages(person: Person, table: Table) -> ColumnElement:
    """What was said in the person's tickets, or mentions the person elsewhere."""
    return _of_tickets(person, table) | person.mentioned(table, "text", "data")


def _feedback(person: Person, table: Table) -> ColumnElement:
    return _of_senders_or_unnamed(person, table) | person.mentioned(table, "comment")


def _of_conversations(person: Person, table: Table) -> ColumnElement:
    """Turns of the person's conversations with the assistant."""
    talks = table.metadata.tables["insight_conversations"]
    return table.c.conversation_id.in_(select(talks.c.id).where(person.by_sender(talks)))


def _requests(person: Person, table: Table) -> ColumnElement:
    named = person.by_order(table) | person.by_sender(table)
    return named | person.mentioned(table, "text")


def _fallbacks(person: Person, table: Table) -> ColumnElement:
    texts = ("question", "said", "next_text")
    return person.by_sender(table) | person.mentioned(table, *texts)


def _review_messages(person: Person, table: Table) -> ColumnElement:
    """What nobody else has said, or what mentions the person.

    The person's occurrences are gone by now. Those of all others go with time; a message whose
    occurrences have gone so is nobody's any more, and stays.
    """
    said = table.metadata.tables["review_occurrences"]
    left = select(said.c.id).where(said.c.message_id == table.c.id).exists()
    return (~left & (table.c.newest_at >= now() - KEEP)) | person.mentioned(table, "text", "draft")


def _review_occurrences(person: Person, table: Table) -> ColumnElement:
    """The person's, those that mention the person, and those of messages that do."""
    messages = table.metadata.tables["review_messages"]
    of_messages = select(messages.c.id).where(person.mentioned(messages, "text", "draft"))
    mentioned = person.mentioned(table, "said", "details")
    return person.by_sender(table) | mentioned | table.c.message_id.in_(of_messages)


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
    Step("recommendation_exposures", Person.by_id),
    Step("insight_segment_members", Person.by_id),
    Step("fallbacks", _fallbacks),
    Step("review_occurrences", _review_occurrences),
    Step("review_messages", _review_messages),
    Step("insight_turns", _of_conversations),
    Step("insight_conversations", Person.by_sender),
    Step("insight_states", Person.by_sender),
    Step("feedback", _feedback),
    # The rows stay, so that what an outreach counts still adds up.
    Step(
        "outreach_sends",
        Person.by_id,
        {"customer_id": None, "channel": None, "sender": None, "detail": None},
    ),
    Step("do_not_contact", Person.by_sender),
    Step("ticket_messages", _ticket_messages),
    Step("slack_threads", _of_tickets),
    Step("tickets", _tickets),
    Step("service_requests", _requests),
    Step("idempotency_keys", _answers),
    Step("throttles", _counters),
    Step("grants", lambda person, table: person.by_order(table) | person.by_sender(table)),
    # What came of an arm is still counted; of whom, nobody can tell.
    Step("experiment_assignments", assignments_of, OVERWRITTEN),
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
