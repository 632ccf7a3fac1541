"""The table of what customers were asked, and answered."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)

from backends.db import Base, UtcDateTime

_KNOWN = text("customer_id IS NOT NULL")


class Feedback(Base):
    """One time that a customer was asked; the two unique indexes keep it to once a day.

    Attributes:
        reference: by which the answers come.
        customer_id: the customer as whom the sender was known when asked.
        ticket_id: of the talk with a person that it is about, if it is about one.
        day: on which it was asked, in the shop's time zone.
        solved, csat, nps, comment: the answers; NULL while not given. Comments are masked.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("csat IS NULL OR csat BETWEEN 1 AND 5", name="csat"),
        CheckConstraint("nps IS NULL OR nps BETWEEN 0 AND 10", name="nps"),
        Index("uq_feedback_sender_day", "channel", "sender", "day", unique=True),
        Index(
            "uq_feedback_customer_day", "customer_id", "day",
            unique=True, sqlite_where=_KNOWN, postgresql_where=_KNOWN,
        ),
        Index(None, "day"),
    )  # fmt: skip

    id = Column(Integer, primary_key=True)
    reference = Column(String(13), nullable=False, unique=True)
    channel = Column(String(32), nullable=False)
    sender = Column(String(255), nullable=False)
    customer_id = Column(ForeignKey("customers.id"))
    ticket_id = Column(ForeignKey("tickets.id", ondelete="SET NULL"), index=True)
    language = Column(String(2))
    day = Column(Date, nullable=False)
    solved = Column(Boolean)
    csat = Column(Integer)
    nps = Column(Integer)
    comment = Column(Text)
    asked_at = Column(UtcDateTime, nullable=False)
    answered_at = Column(UtcDateTime)
