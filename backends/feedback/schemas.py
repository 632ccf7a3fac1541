"""Requests and answers of the feedback service."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field, StrictBool, conint

from backends.fields import text
from backends.handoff.fields import Day, MaybeWords
from backends.handoff.schemas import REFERENCE_PATTERN as TICKET_PATTERN
from backends.http import Inbound, Wire

REFERENCE_PATTERN = "^F[0-9]{12}$"


class Comment(MaybeWords):
    """At most 1000 characters."""

    max_length = 1000


class OfferRequest(Inbound):
    """A conversation has ended."""

    ticket: text(13, 13, pattern=TICKET_PATTERN) | None = Field(  # type: ignore[valid-type]
        None, description="The ticket of the talk with a person, if there was one."
    )
    language: Literal["zh", "en"] | None = Field(
        None, description="The customer's; by default the ticket's."
    )


class OfferAnswer(Wire):
    """Whether to ask; ``reference`` goes with the answers then."""

    ask: bool
    reference: str | None


class FeedbackRequest(Inbound):
    """What the customer answered so far; what is left out or null stays as it was."""

    reference: text(13, 13, pattern=REFERENCE_PATTERN)  # type: ignore[valid-type]
    solved: StrictBool | None = None
    csat: conint(ge=1, le=5, strict=True) | None = None  # type: ignore[valid-type]
    nps: conint(ge=0, le=10, strict=True) | None = None  # type: ignore[valid-type]
    comment: Comment | None = None


class FeedbackView(Wire):
    """What is known now; the comment is masked."""

    reference: str
    solved: bool | None
    csat: int | None
    nps: int | None
    comment: str | None
    asked_at: datetime
    answered_at: datetime | None


class SummaryQuery(Inbound):
    """Which days, in the shop's time zone; none when the last is before the first."""

    first: Day = Field(..., alias="from", description="The first day.")
    last: Day = Field(..., alias="to", description="The last day.")


class Share(Wire):
    """A share from 0 to 1 of so many; null of none."""

    share: float | None
    of: int


class Satisfaction(Wire):
    """CSAT: the share of 4 and 5, and the mean of 1 to 5."""

    share: float | None
    mean: float | None
    of: int


class Promotion(Wire):
    """NPS: promoters (9, 10) less detractors (0 to 6), in points from -100 to 100."""

    score: float | None
    promoters: int
    passives: int
    detractors: int
    of: int


class Summary(Wire):
    """What customers said of the conversations of these days."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    response_rate: Share
    solved: Share
    csat: Satisfaction
    nps: Promotion
    comments: int
