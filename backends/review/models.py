"""The table of fallbacks."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Index, Integer, String, Text

from backends.db import Base, UtcDateTime

OUTCOMES = ("answered", "clarified", "generated", "handed_over", "unavailable")
ACTS = ("button", "message")


class Fallback(Base):
    """One message that no story covered, and what came of it.

    Texts are masked by whoever sends them: no personal data is kept here but the sender's id,
    by which the record can be erased.
    """

    __tablename__ = "fallbacks"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        CheckConstraint(f"next_act IS NULL OR next_act IN {ACTS}", name="next_act"),
        Index(None, "channel", "sender"),
    )

    id = Column(Integer, primary_key=True)
    reference = Column(String(20), nullable=False, unique=True)
    channel = Column(String(32), nullable=False)
    sender = Column(String(255), nullable=False)
    language = Column(String(2), nullable=False)
    question = Column(Text, nullable=False)
    outcome = Column(String(20), nullable=False, index=True)
    said = Column(Text, nullable=False)
    passages = Column(JSON, nullable=False)
    candidates = Column(JSON, nullable=False)
    generator = Column(String(80))
    milliseconds = Column(Integer, nullable=False)
    at = Column(UtcDateTime, nullable=False, index=True)
    next_act = Column(String(20))
    next_text = Column(Text)
    next_intent = Column(String(80))
    next_at = Column(UtcDateTime)
