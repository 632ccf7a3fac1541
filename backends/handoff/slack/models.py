"""The table of threads."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String

from backends.db import Base, UtcDateTime


class SlackThread(Base):
    """The thread of a ticket, and how far it shows the ticket.

    Attributes:
        thread: `ts` of its first message; NULL until that is posted.
        shown: a digest of that message as it stands in Slack.
        said_until: id of the last entry that was posted.
        told: ids of the staff's words of which the thread says that they did not arrive.
        version: of the ticket, when all of it was posted.
        attempts: how often posting has failed since it last succeeded.
        try_at: nobody else posts before.
    """

    __tablename__ = "slack_threads"

    ticket_id = Column(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    thread = Column(String(32), unique=True)
    shown = Column(String(16), nullable=False)
    said_until = Column(Integer, nullable=False)
    told = Column(JSON, nullable=False)
    version = Column(Integer, nullable=False)
    attempts = Column(Integer, nullable=False)
    try_at = Column(UtcDateTime, nullable=False, index=True)
