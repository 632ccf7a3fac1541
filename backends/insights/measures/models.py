"""Tables of daily sums, of the days that must be summed anew, and of what was recommended.

A daily table's row is what happened on one day (of the shop's clock) on one channel, in one
language, answered by one model. The rows of the segment `EVERYBODY` count everybody once; besides,
a row of each segment counts those who were in it, so one who is in two stands in both, and the
rows of `NO_SEGMENT` count those who were in none or are not known. Sums are therefore always taken
over the rows of one segment.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Date, Index, String

from backends.db import Base, UtcDateTime
from backends.insights.events.models import RowId

#: The segment of the rows that count everybody once.
EVERYBODY = ""
#: The segment of the rows of those who are in no segment, or not known.
NO_SEGMENT = "-"
#: Of what a row of a daily table is; in this order the rows lie in the database.
KEY = ("segment", "day", "channel", "language", "model")
# The rows of a range of days lie side by side then.
_TOGETHER = {"sqlite_with_rowid": False}


class Daily:
    """What all daily tables have."""

    segment = Column(String(40), primary_key=True)
    day = Column(Date, primary_key=True)
    channel = Column(String(32), primary_key=True)
    language = Column(String(2), primary_key=True)
    model = Column(String(64), primary_key=True)


def _number() -> Any:
    return Column(BigInteger, nullable=False)


class DailyConversations(Daily, Base):
    """Conversations that began on a day.

    Attributes:
        conversations: those in which the customer wrote.
        messages: what the customers wrote in them.
        contained: no person was called, and the customer's last message was understood.
        handed_over: a person was called.
        fallbacks: messages that no story covered.
        negative, neutral, positive: messages by sentiment.
        first_answers, first_answer_ms: conversations with an answer, and the waiting for it.
    """

    __tablename__ = "insight_daily_conversations"
    __table_args__ = (_TOGETHER,)

    conversations = _number()
    messages = _number()
    contained = _number()
    handed_over = _number()
    fallbacks = _number()
    negative = _number()
    neutral = _number()
    positive = _number()
    first_answers = _number()
    first_answer_ms = _number()


class DailyIntents(Daily, Base):
    """How often an intent was understood in the conversations that began on a day."""

    __tablename__ = "insight_daily_intents"
    __table_args__ = (_TOGETHER,)

    intent = Column(String(80), primary_key=True)
    times = _number()


class DailyTickets(Daily, Base):
    """Tickets that were opened on a day.

    Attributes:
        tickets: all of them.
        replied, reply_seconds: those that a person answered, and the waiting for it.
        handled, handling_seconds: those that somebody took and that have ended, and the time
            between.
    """

    __tablename__ = "insight_daily_tickets"
    __table_args__ = (_TOGETHER,)

    tickets = _number()
    replied = _number()
    reply_seconds = _number()
    handled = _number()
    handling_seconds = _number()


class DailyFeedback(Daily, Base):
    """What customers who were asked on a day answered; ``…_of`` is how many answered that."""

    __tablename__ = "insight_daily_feedback"
    __table_args__ = (_TOGETHER,)

    asked = _number()
    solved = _number()
    solved_of = _number()
    satisfied = _number()
    csat_of = _number()
    promoters = _number()
    detractors = _number()
    nps_of = _number()


class DailyRecommendations(Daily, Base):
    """Customers to whom something was recommended on a day, and what they ordered of it."""

    __tablename__ = "insight_daily_recommendations"
    __table_args__ = (_TOGETHER,)

    shown = _number()
    converted = _number()
    revenue_fen = _number()


class DailyCampaigns(Daily, Base):
    """Messages of campaigns that were sent on a day, and what was ordered after them."""

    __tablename__ = "insight_daily_campaigns"
    __table_args__ = (_TOGETHER,)

    sent = _number()
    converted = _number()
    revenue_fen = _number()


class DailyPeople(Base):
    """How many different people wrote; sums of days would count one who came twice as two.

    Attributes:
        dimension, value: of which channel, language, segment or model; both "" for everybody.
        people: on this day.
        month_people: on this day and the 29 before, each counted once.
        month_visits: the sum of ``people`` over these 30 days.
    """

    __tablename__ = "insight_daily_people"
    __table_args__ = (_TOGETHER,)

    dimension = Column(String(10), primary_key=True)
    value = Column(String(64), primary_key=True)
    day = Column(Date, primary_key=True)
    people = _number()
    month_people = _number()
    month_visits = _number()


class StaleDay(Base):
    """Something of a day has changed since it was summed; rows are only added and removed.

    Most are written by triggers of the database, see ``migrations/marking.py``, whoever changed it.

    Attributes:
        what: a table that changed or a daily table that must be made anew, see `staleness`.
    """

    __tablename__ = "insight_stale_days"

    id = Column(RowId, primary_key=True)
    what = Column(String(20), nullable=False)
    day = Column(Date, nullable=False)


class SegmentMember(Base):
    """A customer is in a segment, as of the last look at the profiles."""

    __tablename__ = "insight_segment_members"

    segment = Column(String(40), primary_key=True)
    customer_id = Column(String(20), primary_key=True, index=True)


class InsightMark(Base):
    """What the counting must remember, by name."""

    __tablename__ = "insight_marks"

    name = Column(String(40), primary_key=True)
    value = Column(String(200), nullable=False)


class RecommendationExposure(Base):
    """Products were recommended to a customer who is known and has not refused it.

    Attributes:
        kind: what was asked for: ``wish``, ``product`` or ``general``.
        products: ids of what was shown, the best first.
    """

    __tablename__ = "recommendation_exposures"
    __table_args__ = (Index(None, "customer_id", "at"),)

    id = Column(RowId, primary_key=True)
    channel = Column(String(32), nullable=False)
    sender = Column(String(255), nullable=False)
    customer_id = Column(String(20), nullable=False)
    kind = Column(String(10), nullable=False)
    language = Column(String(2), nullable=False)
    products = Column(JSON, nullable=False)
    at = Column(UtcDateTime, nullable=False, index=True)


#: The tables that are summed over days.
SUMMED = (
    DailyConversations,
    DailyTickets,
    DailyFeedback,
    DailyRecommendations,
    DailyCampaigns,
)
