"""Requests and answers of the review service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, confloat, conint, conlist, validator

from backends.fields import text
from backends.http import Inbound, Wire

Outcome = Literal["answered", "generated", "clarified", "handed_over", "unavailable"]
Act = Literal["message", "button"]

_Words = text(max_length=1000, lines=True)
_MaybeEmpty = text(0, 2000, lines=True)
_Name = text(max_length=80)
REFERENCE_PATTERN = "^FB[0-9A-F]{12}$"


def _number(value: Any) -> Any:
    """Refuse what pydantic would make a number of: text, true and false."""
    if isinstance(value, bool | str):
        raise ValueError("must be a number")
    return value


class PassageTold(Inbound):
    """A passage that was found."""

    article: _Name  # type: ignore[valid-type]
    language: Literal["zh", "en"]
    score: confloat(ge=0, le=1)  # type: ignore[valid-type]

    _score = validator("score", pre=True, allow_reuse=True)(_number)


class ObjectionTold(Inbound):
    """Why a candidate was refused."""

    rule: _Name  # type: ignore[valid-type]
    what: text(0, 200, lines=True)  # type: ignore[valid-type]


class CandidateTold(Inbound):
    """A reply that was written, and the guard's verdict: no objection means that it passed."""

    text: _MaybeEmpty  # type: ignore[valid-type]
    score: confloat(ge=-1e6, le=1e6) | None = None  # type: ignore[valid-type]
    objections: conlist(ObjectionTold, max_items=20) = Field([])  # type: ignore[valid-type]

    _score = validator("score", pre=True, allow_reuse=True)(_number)


class FallbackRequest(Inbound):
    """A fallback as the action server tells it; texts carry no personal data."""

    language: Literal["zh", "en"]
    question: _Words  # type: ignore[valid-type]
    outcome: Outcome
    said: _MaybeEmpty  # type: ignore[valid-type]
    passages: conlist(PassageTold, max_items=10) = Field([])  # type: ignore[valid-type]
    candidates: conlist(CandidateTold, max_items=10) = Field([])  # type: ignore[valid-type]
    generator: _Name | None = None  # type: ignore[valid-type]
    milliseconds: conint(ge=0, le=600_000, strict=True)  # type: ignore[valid-type]


class FallbackAccepted(Wire):
    """It was written down."""

    reference: str


class NextRequest(Inbound):
    """What the customer did next."""

    act: Act
    text: _Words | None = None  # type: ignore[valid-type]
    intent: _Name | None = None  # type: ignore[valid-type]


class NextView(Wire):
    """What the customer did next."""

    act: Act
    text: str | None
    intent: str | None
    at: datetime


class FallbackView(Wire):
    """A fallback as it is reviewed."""

    reference: str
    language: Literal["zh", "en"]
    question: str
    outcome: Outcome
    said: str
    passages: list[dict]
    candidates: list[dict]
    generator: str | None
    milliseconds: int
    at: datetime
    next: NextView | None


class FallbackQuery(Inbound):
    """Which fallbacks."""

    outcome: Outcome | None = None
    rule: _Name | None = Field(  # type: ignore[valid-type]
        None, description="Only those with a candidate that this rule of the guard refused."
    )
    limit: conint(ge=1, le=200) = 50  # type: ignore[valid-type]
    offset: conint(ge=0, le=1_000_000) = 0  # type: ignore[valid-type]


class FallbackList(Wire):
    """Fallbacks, the latest first."""

    items: list[FallbackView]
