"""Requests and answers of the hand-over."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, StrictBool, conlist

from backends.fields import text
from backends.handoff.fields import MaybeWords, Moment, Slots, Words
from backends.handoff.states import Ending, State
from backends.http import Inbound, Wire

MOST_ENTRIES = 100
REFERENCE_PATTERN = "^T[0-9]{12}$"


class EntryTold(Inbound):
    """One thing that was said before."""

    author: Literal["customer", "bot"]
    text: MaybeWords
    at: Moment


class TicketRequest(Inbound):
    """Why a person is needed, and what they need to know."""

    reason: Literal["asked", "failures", "anger", "complaint", "topic"]
    topic: text(max_length=80) | None = None  # type: ignore[valid-type]
    language: Literal["zh", "en"]
    priority: StrictBool = False
    summary: MaybeWords = Field("")
    transcript: conlist(EntryTold, max_items=MOST_ENTRIES) = Field([])  # type: ignore[valid-type]
    slots: Slots = Field({})


class TicketAnswer(Wire):
    """A ticket as the assistant speaks of it.

    ``position`` (1 is next) and ``wait_minutes`` are given while it waits; the latter is what
    those before it have waited, if there were enough of them.
    """

    reference: str
    state: State
    staff: str | None
    open_now: bool
    opens_at: datetime | None
    position: int | None
    wait_minutes: int | None


class SayRequest(Inbound):
    """What the customer says."""

    text: Words


class Nothing(Inbound):
    """An empty body."""


class WordsOfStaff(Wire):
    """What somebody said that could not be sent to the customer's channel."""

    id: int
    text: str
    staff: str
    at: datetime


class EndView(Wire):
    """How a talk ended."""

    by: Ending
    agreed: str | None


class Talk(Wire):
    """Where the customer's talk with a person stands.

    ``messages`` are given out once and count as delivered. ``ended`` is there when no person is
    being talked to any more, also when a message of it is still to be answered.
    """

    reference: str | None
    state: Literal["none", "waiting", "assigned", "message", "ended"]
    staff: str | None
    messages: list[WordsOfStaff]
    ended: EndView | None
