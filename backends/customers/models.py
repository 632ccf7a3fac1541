"""Tables of what customers agreed to, what they wrote, and who was erased."""

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
)

from backends.customers.purposes import PURPOSES
from backends.db import Base, UtcDateTime

SENTIMENTS = ("negative", "neutral", "positive")


class Consent(Base):
    """A customer gave or withdrew consent to one purpose; rows are added and never changed.

    The latest row of a purpose holds, the earlier ones prove what held before. ``source`` says
    through whom it came: ``shop``, or ``customer:`` and the channel it was said on.
    """

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        Index(None, "customer_id", "purpose"),
    )

    id = Column(Integer, primary_key=True)
    customer_id = Column(ForeignKey("customers.id"), nullable=False)
    purpose = Column(String(20), nullable=False)
    given = Column(Boolean, nullable=False)
    source = Column(String(50), nullable=False)
    at = Column(UtcDateTime, nullable=False)


class CustomerMessage(Base):
    """What a customer wrote, masked of personal data; kept only with consent to ``messages``."""

    __tablename__ = "customer_messages"
    __table_args__ = (
        CheckConstraint(f"sentiment IS NULL OR sentiment IN {SENTIMENTS}", name="sentiment"),
    )

    id = Column(Integer, primary_key=True)
    customer_id = Column(ForeignKey("customers.id"), nullable=False, index=True)
    text = Column(Text, nullable=False)
    language = Column(String(2), nullable=False)
    sentiment = Column(String(8))
    at = Column(UtcDateTime, nullable=False, index=True)


class Erasure(Base):
    """A customer was erased: when, and how many rows of what.

    Of the person only the bare id stays, by which a restored back-up can be erased again.
    """

    __tablename__ = "erasures"

    customer_id = Column(String(20), primary_key=True)
    at = Column(UtcDateTime, nullable=False)
    report = Column(JSON, nullable=False)
