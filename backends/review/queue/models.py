"""Tables of what waits for review and what was decided."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)

from backends.db import Base, UtcDateTime

#: Where a message comes from: an intent of low confidence, a message that no story covered, one
#: whose written replies the guard refused, a conversation that was rated badly.
SOURCES = ("low_confidence", "fallback", "refused", "rating")
#: Why a message is not asked about: the payload of a button, nothing, no word, too long, one of the
#: NLU examples already, answered word for word from the knowledge base.
LEFT_OUT = ("button", "empty", "emoji", "long", "known", "answered")
#: The understood intent is right; another one is; a new one is; a new article of the knowledge base
#: answers it; it is another way to ask what an article answers; nothing is to be learned.
KINDS = ("accept", "relabel", "new_intent", "article", "variant", "discard")
#: Decisions that make an example of data/nlu.
EXAMPLES = ("accept", "relabel", "new_intent")


class ReviewGroup(Base):
    """Messages that say nearly the same; a message never leaves its group.

    Attributes:
        title_id: the message nearest to all others; NULL until it is known, or once it is gone.
        intent: the likeliest of the suggested ones.
        suggestions: ``{"intent", "score"}`` of the likeliest intents, the best first; scores of all
            intents together add up to 1.
        mark: which encoder and which examples the suggestions come from.
    """

    __tablename__ = "review_groups"
    __table_args__ = (Index(None, "intent"), Index(None, "mark"))

    id = Column(Integer, primary_key=True)
    title_id = Column(Integer)
    intent = Column(String(80))
    suggestions = Column(JSON, nullable=False)
    mark = Column(String(16), nullable=False)
    made_at = Column(UtcDateTime, nullable=False)


class ReviewDecision(Base):
    """What one person decided of some messages at once; kept when it is undone.

    Attributes:
        intent: of the kinds of `EXAMPLES` but ``accept``, where each message has its own.
        content: of a new intent the file, of an article or a variant what is written, of what is
            discarded the reason.
        exported_at: when all of it was written into the files.
    """

    __tablename__ = "review_decisions"
    __table_args__ = (CheckConstraint(f"kind IN {KINDS}", name="kind"), Index(None, "at"))

    id = Column(Integer, primary_key=True)
    kind = Column(String(12), nullable=False)
    staff_id = Column(ForeignKey("staff.id"), nullable=False)
    at = Column(UtcDateTime, nullable=False)
    intent = Column(String(80))
    content = Column(JSON, nullable=False)
    undone_at = Column(UtcDateTime)
    undone_by = Column(ForeignKey("staff.id"))
    exported_at = Column(UtcDateTime)


class ReviewMessage(Base):
    """One thing that customers said, however often; texts come masked.

    Attributes:
        key: digest of the text as `texts.normalised` makes it.
        language: zh or en.
        intent, entities: what was understood the last time.
        confidence: the lowest that it was understood with.
        count: how often it was said.
        group_id: NULL until it is grouped.
        vector: the encoder's, of float16; NULL until it is made.
        encoder: which made it.
        draft: the text as a person has edited it, with marks of entities; NULL when nobody has.
        decision_id: NULL while it is open.
        label: the intent that was decided.
        exported_at: when it was written into the files.
    """

    __tablename__ = "review_messages"
    __table_args__ = (
        Index(None, "group_id", "decision_id"),
        Index(None, "decision_id"),
        Index(None, "newest_at"),
    )

    id = Column(Integer, primary_key=True)
    key = Column(String(64), nullable=False, unique=True)
    text = Column(Text, nullable=False)
    language = Column(String(2), nullable=False)
    intent = Column(String(80))
    entities = Column(JSON, nullable=False)
    confidence = Column(Float)
    count = Column(Integer, nullable=False)
    first_at = Column(UtcDateTime, nullable=False)
    newest_at = Column(UtcDateTime, nullable=False)
    group_id = Column(ForeignKey("review_groups.id", ondelete="SET NULL"))
    vector = Column(LargeBinary)
    encoder = Column(String(16))
    draft = Column(Text)
    decision_id = Column(ForeignKey("review_decisions.id"))
    label = Column(String(80))
    exported_at = Column(UtcDateTime)


class ReviewOccurrence(Base):
    """One time that it was said, or that something was left out; each counts once.

    Attributes:
        source, source_id: where it comes from.
        message_id: what was said; NULL when it was left out.
        left_out: why; one of `LEFT_OUT`.
        conversation_id: of the insights, where it can be read; that row may be gone.
        said: what the bot answered.
        details: of a fallback ``outcome``, ``passages`` and ``candidates``, of a rating ``solved``,
            ``csat``, ``nps`` and ``comment``.
    """

    __tablename__ = "review_occurrences"
    __table_args__ = (
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        CheckConstraint(f"left_out IS NULL OR left_out IN {LEFT_OUT}", name="left_out"),
        CheckConstraint("(message_id IS NULL) = (left_out IS NOT NULL)", name="either"),
        UniqueConstraint("source", "source_id"),
        Index(None, "message_id", "source"),
        Index(None, "channel", "sender"),
        Index(None, "at"),
    )

    id = Column(Integer, primary_key=True)
    source = Column(String(14), nullable=False)
    source_id = Column(String(64), nullable=False)
    message_id = Column(ForeignKey("review_messages.id", ondelete="CASCADE"))
    left_out = Column(String(10))
    channel = Column(String(32), nullable=False)
    sender = Column(String(255), nullable=False)
    conversation_id = Column(BigInteger)
    at = Column(UtcDateTime, nullable=False)
    intent = Column(String(80))
    confidence = Column(Float)
    said = Column(Text, nullable=False)
    details = Column(JSON, nullable=False)


class ReviewWork(Base):
    """Who does a piece of steady work now, and how far a source has been read.

    Attributes:
        name: of the work, or of the source.
        holder, until: a word of the process that does it, and until when nobody else may.
        position: the last row that was read.
    """

    __tablename__ = "review_work"

    name = Column(String(20), primary_key=True)
    holder = Column(String(32))
    until = Column(UtcDateTime)
    position = Column(BigInteger, nullable=False)
