"""Tables of conversations and their turns."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

from backends.db import Base, UtcDateTime

AUTHORS = ("customer", "bot", "staff")
#: SQLite counts rows by itself only in a column of this very type.
RowId = BigInteger().with_variant(Integer, "sqlite")


class Conversation(Base):
    """One conversation of a sender: what was said until it was quiet for a while.

    Attributes:
        channel, sender: who it was with; the sender is the channel's own id.
        language: of most of the customer's turns; NULL while none has one.
        model: the id of the Rasa model that answered last.
        first_customer_at: when the customer wrote first; NULL when they never did.
        first_answer_ms: from then to the first answer; NULL while there is none.
        answer_ms, answers: sum and number of the times from a customer's turn to the next answer.
        customer_turns, bot_turns: how many there are.
        fallbacks: customer's turns that no story covered.
        negative, neutral, positive: customer's turns by sentiment.
        intents: how often each intent was understood.
        handed_over: whether a person was called.
        counted: whether the daily sums know all of it as it stands.
    """

    __tablename__ = "insight_conversations"
    __table_args__ = (
        Index(None, "channel", "sender", "started_at"),
        Index(None, "started_at"),
        # The newest of one channel or model are listed, however long ago they were.
        Index(None, "channel", "started_at"),
        Index(None, "model", "started_at"),
        Index(None, "counted", "id"),
    )

    id = Column(RowId, primary_key=True)
    channel = Column(String(32), nullable=False)
    sender = Column(String(255), nullable=False)
    language = Column(String(2))
    model = Column(String(64), nullable=False)
    started_at = Column(UtcDateTime, nullable=False)
    last_at = Column(UtcDateTime, nullable=False)
    first_customer_at = Column(UtcDateTime)
    first_answer_ms = Column(Integer)
    answer_ms = Column(BigInteger, nullable=False)
    answers = Column(Integer, nullable=False)
    customer_turns = Column(Integer, nullable=False)
    bot_turns = Column(Integer, nullable=False)
    fallbacks = Column(Integer, nullable=False)
    negative = Column(Integer, nullable=False)
    neutral = Column(Integer, nullable=False)
    positive = Column(Integer, nullable=False)
    intents = Column(JSON, nullable=False)
    handed_over = Column(Boolean, nullable=False)
    counted = Column(Boolean, nullable=False)


class Turn(Base):
    """One thing that was said; texts are masked before they are stored.

    Attributes:
        key: digest of the event it comes from: the same event makes one turn.
        at_ms: when, in milliseconds since 1970.
        intent, confidence, sentiment, entities: what was understood, of a customer's turn.
        action: the action that spoke, of a bot's.
        is_fallback: whether no story covered it, of a customer's.
        language: what a customer's turn is in; NULL where that is not known.
        response: the response of the domain that was said, of a bot's.
    """

    __tablename__ = "insight_turns"
    __table_args__ = (
        CheckConstraint(f"author IN {AUTHORS}", name="author"),
        UniqueConstraint("conversation_id", "key"),
        Index(None, "is_fallback", "at_ms"),
        Index(None, "confidence"),
    )

    id = Column(RowId, primary_key=True)
    conversation_id = Column(
        ForeignKey("insight_conversations.id", ondelete="CASCADE"), nullable=False
    )
    key = Column(String(24), nullable=False)
    at_ms = Column(BigInteger, nullable=False)
    author = Column(String(8), nullable=False)
    text = Column(Text, nullable=False)
    intent = Column(String(80))
    confidence = Column(Float)
    sentiment = Column(String(8))
    entities = Column(JSON(none_as_null=True))
    action = Column(String(80))
    is_fallback = Column(Boolean, nullable=False)
    language = Column(String(2))
    response = Column(String(80))


class Sender(Base):
    """What is known of a sender from one batch of events to the next.

    Events of a bot name no channel, and only those before tell in which language the customer is
    spoken to and which action is speaking.

    Attributes:
        sender: the channel's own id.
        channel: where they wrote last.
        language: the assistant's answers are in.
        session_ms: when the latest session began, in milliseconds since 1970.
        action, action_ms: the latest action, and when it ran.
        seen_at: when the last event came.
    """

    __tablename__ = "insight_states"
    __table_args__ = (Index(None, "channel", "sender"), Index(None, "seen_at"))

    sender = Column(String(255), primary_key=True)
    channel = Column(String(32), nullable=False)
    language = Column(String(2))
    session_ms = Column(BigInteger)
    action = Column(String(80))
    action_ms = Column(BigInteger)
    seen_at = Column(UtcDateTime, nullable=False)
