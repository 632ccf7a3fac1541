"""The table of the profiles as they were last made for all customers."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, LargeBinary, String

from backends.db import Base, UtcDateTime


class ProfileTags(Base):
    """A customer's tags and features, kept for questions about all customers at once.

    Attributes:
        tags: probability by ``group.tag``.
        features: as `profiles.features.compute` gives them.
        vector: the customer as the model sees it, 32-bit floats; NULL when rules made the tags.
        reads_messages: whether messages went into it, so that it lapses with their consent.
        model: digest of the model, "" for rules.
    """

    __tablename__ = "profile_tags"

    customer_id = Column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    tags = Column(JSON, nullable=False)
    features = Column(JSON, nullable=False)
    vector = Column(LargeBinary)
    reads_messages = Column(Boolean, nullable=False)
    model = Column(String(64), nullable=False)
    at = Column(UtcDateTime, nullable=False)
