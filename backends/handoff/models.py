"""Tables of tickets, what is said in them, and the counter of their changes."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)

from backends.db import Base, UtcDateTime
from backends.handoff.states import ENDINGS, STATES

REASONS = ("asked", "failures", "anger", "complaint", "topic")
AUTHORS = ("customer", "bot", "staff", "note", "system")
DELIVERIES = ("pending", "sent", "failed", "pulled")
_OPEN = text("state != 'ended'")


class Ticket(Base):
    """A conversation, or a message left, that a person answers; one at most is open for each.

    Attributes:
        customer_id: the customer as whom the sender was known when it was made.
        state: see `backends.handoff.states`.
        slots: what the assistant knew, name by name.
        assigned_to: who answers it; of an ended ticket, who did at last.
        queued_at: when it last came into the queue of those who wait; NULL for a message left.
        assigned_at: when somebody took it first.
        unanswered: whether it is for staff to speak.
        ended_by: who ended it; of a message, whether a time-out ended the talk before.
        turn_since: since when it has been so, or since when the ticket has been in its state.
        version: what the counter of changes said when it last changed.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"reason IN {REASONS}", name="reason"),
        CheckConstraint(f"ended_by IS NULL OR ended_by IN {ENDINGS}", name="ended_by"),
        CheckConstraint("state != 'assigned' OR assigned_to IS NOT NULL", name="assigned"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        Index(
            "uq_tickets_open", "channel", "sender",
            unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index(None, "channel", "sender"),
        Index(None, "state", "turn_since"),
        Index(None, "assigned_to", "state"),
    )  # fmt: skip

    id = Column(Integer, primary_key=True)
    reference = Column(String(13), nullable=False, unique=True)
    channel = Column(String(32), nullable=False)
    sender = Column(String(255), nullable=False)
    customer_id = Column(ForeignKey("customers.id"), index=True)
    state = Column(String(10), nullable=False)
    reason = Column(String(10), nullable=False)
    topic = Column(String(80))
    summary = Column(Text, nullable=False)
    language = Column(String(2), nullable=False)
    priority = Column(Boolean, nullable=False)
    slots = Column(JSON, nullable=False)
    assigned_to = Column(ForeignKey("staff.id"))
    created_at = Column(UtcDateTime, nullable=False, index=True)
    queued_at = Column(UtcDateTime)
    assigned_at = Column(UtcDateTime)
    first_reply_at = Column(UtcDateTime)
    last_customer_at = Column(UtcDateTime)
    last_staff_at = Column(UtcDateTime)
    unanswered = Column(Boolean, nullable=False)
    turn_since = Column(UtcDateTime, nullable=False)
    ended_at = Column(UtcDateTime)
    ended_by = Column(String(10))
    agreed = Column(Text)
    version = Column(Integer, nullable=False, index=True)


class TicketMessage(Base):
    """Something said in a ticket, a note, or something that happened to it (``system``).

    Attributes:
        staff_id: who said or did it, if it was one of the staff.
        event: what happened; see `backends.handoff.states`. Only of ``system``.
        data: what the event was about.
        key: of the request that said it: the same key says it once.
        delivery: of words for the customer, and of events that the assistant is told.
        reason: why it could not be delivered.
        attempts: how often it was tried.
        try_at: when it is sent next; NULL while it waits for the customer to write.
    """

    __tablename__ = "ticket_messages"
    __table_args__ = (
        CheckConstraint(f"author IN {AUTHORS}", name="author"),
        CheckConstraint(f"delivery IS NULL OR delivery IN {DELIVERIES}", name="delivery"),
        CheckConstraint("(author = 'system') = (event IS NOT NULL)", name="event"),
        UniqueConstraint("ticket_id", "key"),
        Index(None, "delivery", "try_at"),
    )

    id = Column(Integer, primary_key=True)
    ticket_id = Column(ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True)
    author = Column(String(10), nullable=False)
    staff_id = Column(ForeignKey("staff.id"))
    text = Column(Text, nullable=False)
    event = Column(String(20))
    data = Column(JSON)
    key = Column(String(160))
    at = Column(UtcDateTime, nullable=False)
    delivery = Column(String(10))
    reason = Column(String(200))
    attempts = Column(Integer, nullable=False)
    try_at = Column(UtcDateTime)


class TicketCounter(Base):
    """One row: how many changes of tickets there have been, all processes taken together."""

    __tablename__ = "ticket_counter"

    id = Column(Integer, primary_key=True)
    value = Column(Integer, nullable=False)
