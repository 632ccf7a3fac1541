"""Tables of briefs and variants of copy. Nothing in them is a customer's."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

from backends.db import Base, UtcDateTime

WRITING, WRITTEN = "writing", "written"
BRIEF_STATES = (WRITING, WRITTEN)
DRAFT, APPROVED, REJECTED = "draft", "approved", "rejected"
STATES = (DRAFT, APPROVED, REJECTED)


class CopyBrief(Base):
    """What copy is to be written about.

    Attributes:
        key, request_hash: the same key asks for the same brief once.
        asked: the brief as it was asked for, see `backends.campaigns.copy.briefs.brief.Brief`.
        products: ids of the products it came to, a category's chosen.
        state: whether its variants are there.
        writing_since: when somebody began to write; after a crash another may begin anew.
        notes: codes of what is to be said of the writing: no model, too slow, fewer than wanted.
    """

    __tablename__ = "copy_briefs"
    __table_args__ = (
        CheckConstraint(f"state IN {BRIEF_STATES}", name="state"),
        Index(None, "created_at"),
    )

    id = Column(Integer, primary_key=True)
    reference = Column(String(12), nullable=False, unique=True)
    key = Column(String(128), nullable=False, unique=True)
    request_hash = Column(String(64), nullable=False)
    language = Column(String(2), nullable=False)
    channel = Column(String(32), nullable=False)
    asked = Column(JSON, nullable=False)
    products = Column(JSON, nullable=False)
    state = Column(String(8), nullable=False)
    writing_since = Column(UtcDateTime, nullable=False)
    notes = Column(JSON, nullable=False)
    made_by = Column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at = Column(UtcDateTime, nullable=False)


class CopyVariant(Base):
    """One text for a brief.

    Attributes:
        product: id of the product it is about first.
        writer: who wrote it: ``templates``, ``local:…``, ``remote:…``.
        template: the template it was filled from.
        grounding: ``[{"piece", "fact", "source"}]``, in the order of the text.
        original: the text as it was written, when somebody has edited it since.
        snapshot: prices, stock and offer that it rests on, see ``approval.snapshot``.
        offer_until: the moment after which its offer no longer holds.
        version: goes up with each change, so that nobody approves what they have not read.
    """

    __tablename__ = "copy_variants"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        UniqueConstraint("brief_id", "position"),
        Index(None, "state", "language", "channel"),
    )

    id = Column(Integer, primary_key=True)
    reference = Column(String(12), nullable=False, unique=True)
    brief_id = Column(ForeignKey("copy_briefs.id", ondelete="CASCADE"), nullable=False)
    position = Column(Integer, nullable=False)
    text = Column(Text, nullable=False)
    original = Column(Text)
    language = Column(String(2), nullable=False)
    channel = Column(String(32), nullable=False)
    product = Column(String(20), nullable=False)
    writer = Column(String(80), nullable=False)
    template = Column(String(60))
    grounding = Column(JSON, nullable=False)
    snapshot = Column(JSON, nullable=False)
    offer_until = Column(UtcDateTime)
    state = Column(String(8), nullable=False)
    version = Column(Integer, nullable=False)
    edited_by = Column(ForeignKey("staff.id", ondelete="SET NULL"))
    edited_at = Column(UtcDateTime)
    decided_by = Column(ForeignKey("staff.id", ondelete="SET NULL"))
    decided_at = Column(UtcDateTime)
    reason = Column(String(500))
    created_at = Column(UtcDateTime, nullable=False)
