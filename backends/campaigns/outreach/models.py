"""Tables of outreach: plans, who is to get what, counters of channels, who must not be written to."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

from backends.db import Base, UtcDateTime

DRAFT, PLANNED, SENDING, DONE, STOPPED = "draft", "planned", "sending", "done", "stopped"
STATES = (DRAFT, PLANNED, SENDING, DONE, STOPPED)
WAITING, CLAIMED, SENT, FAILED, SKIPPED, HELD_OUT = (
    "waiting", "claimed", "sent", "failed", "skipped", "held_out",
)  # fmt: skip
SEND_STATES = (WAITING, CLAIMED, SENT, FAILED, SKIPPED, HELD_OUT)
#: The references of outreaches begin with it, and the ids under which messages are sent.
MARK = "OR"


class Outreach(Base):
    """A plan of what is sent to whom, and how far it has come.

    Attributes:
        audience: see `backends.campaigns.outreach.audience.OutreachAudience`.
        copies: references of copy variants, the first being the one that fits in doubt.
        experiment: reference of the experiment that gives each customer an arm, if one does.
        begins_at: from when on it is sent.
        ends_at: until when; what was not sent by then is not sent any more.
        size: how many the audience were when sending began.
        ended_at: when it was done or stopped.
    """

    __tablename__ = "outreaches"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("ends_at > begins_at", name="times"),
        Index(None, "state"),
    )

    id = Column(Integer, primary_key=True)
    reference = Column(String(12), nullable=False, unique=True)
    name = Column(String(80), nullable=False)
    audience = Column(JSON, nullable=False)
    copies = Column(JSON, nullable=False)
    experiment = Column(String(12))
    state = Column(String(8), nullable=False)
    begins_at = Column(UtcDateTime, nullable=False)
    ends_at = Column(UtcDateTime, nullable=False)
    size = Column(Integer)
    created_at = Column(UtcDateTime, nullable=False)
    ended_at = Column(UtcDateTime)


class OutreachSend(Base):
    """One customer of an outreach; there is one row for each, so each is written to once at most.

    Attributes:
        campaign: reference of the outreach.
        customer_id: whom; NULL once the customer is erased, so that the counts still add up.
        reason: why it was skipped, failed, or still waits; a code.
        detail: what the channel said, of one that failed.
        arm: reference of the copy that was chosen.
        channel, sender: where it goes; set when it is claimed.
        attempts: how often it was claimed.
        is_unsure: whether an attempt may have been delivered without our knowing.
        claimed_at: when it was claimed last; of a held-out one, when that was decided.
        try_at: when to look at it next: to send it, to take it from one who died over it, or,
            once it is sent, to see what came of it. NULL when there is nothing more to do.
        replied_at: when the customer wrote first within a day of it.
        ordered_at: when they ordered first within a week of it.
        revenue_fen: what they ordered for within that week.
        unsubscribed_at: when they wanted no more within that week.
        is_rewarded: whether the experiment was told of the order.
    """

    __tablename__ = "outreach_sends"
    __table_args__ = (
        CheckConstraint(f"state IN {SEND_STATES}", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        UniqueConstraint("outreach_id", "customer_id"),
        Index(None, "state", "try_at"),
        Index(None, "customer_id", "claimed_at"),
        Index(None, "channel", "sender", "claimed_at"),
        Index(None, "sent_at"),
    )

    id = Column(Integer, primary_key=True)
    outreach_id = Column(ForeignKey("outreaches.id", ondelete="CASCADE"), nullable=False)
    campaign = Column(String(12), nullable=False)
    customer_id = Column(ForeignKey("customers.id"))
    state = Column(String(8), nullable=False)
    reason = Column(String(20))
    detail = Column(Text)
    arm = Column(String(40))
    channel = Column(String(32))
    sender = Column(String(255))
    attempts = Column(Integer, nullable=False)
    is_unsure = Column(Boolean, nullable=False)
    claimed_at = Column(UtcDateTime)
    try_at = Column(UtcDateTime)
    sent_at = Column(UtcDateTime)
    replied_at = Column(UtcDateTime)
    ordered_at = Column(UtcDateTime)
    revenue_fen = Column(BigInteger, nullable=False)
    unsubscribed_at = Column(UtcDateTime)
    is_rewarded = Column(Boolean, nullable=False)


class ChannelCount(Base):
    """How many messages went out on a channel in a minute and on a day of the shop."""

    __tablename__ = "outreach_channel_counts"

    name = Column(String(32), primary_key=True)
    minute = Column(UtcDateTime, nullable=False)
    in_minute = Column(Integer, nullable=False)
    day = Column(Date, nullable=False)
    in_day = Column(Integer, nullable=False)


class DoNotContact(Base):
    """A sender who wants no marketing messages, whether or not we know which customer it is."""

    __tablename__ = "do_not_contact"

    channel = Column(String(32), primary_key=True)
    sender = Column(String(255), primary_key=True)
    at = Column(UtcDateTime, nullable=False)
