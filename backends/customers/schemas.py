"""Requests and answers of the customers service."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import StrictBool

from backends.customers.purposes import Purpose
from backends.fields import text
from backends.http import Inbound, Wire

CUSTOMER_PATTERN = "^[A-Za-z0-9-]{1,20}$"


class ConsentsRequest(Inbound):
    """What a customer gives (true) or withdraws (false); what is left out stays as it is."""

    marketing: StrictBool | None = None
    messages: StrictBool | None = None
    profile: StrictBool | None = None
    recommendations: StrictBool | None = None


class ConsentView(Wire):
    """What holds for one purpose; `at` and `source` are null while a default holds."""

    purpose: Purpose
    given: bool
    at: datetime | None
    source: str | None


class ConsentEvent(Wire):
    """One word of the customer on one purpose."""

    purpose: Purpose
    given: bool
    at: datetime
    source: str


class ConsentsView(Wire):
    """What holds for each purpose, and all that the customer said, the latest first."""

    customer_id: str
    items: list[ConsentView]
    history: list[ConsentEvent]


class MessageRequest(Inbound):
    """What a customer wrote, and how it sounded."""

    text: text(1, 1000, lines=True)  # type: ignore[valid-type]
    language: Literal["zh", "en"]
    sentiment: Literal["negative", "neutral", "positive"] | None = None


class MessageAnswer(Wire):
    """Whether the message was kept."""

    kept: bool


class KeptView(Wire):
    """What stays after an erasure, and why."""

    what: str
    rows: int
    why: str


class ElsewhereView(Wire):
    """What the backends cannot reach, and what to do there."""

    what: str
    how: str


class SenderView(Wire):
    """A sender on a channel who was this customer."""

    channel: str
    sender: str


class ErasureView(Wire):
    """What an erasure did, in rows by table; `senders` only in the answer that erased them."""

    customer_id: str
    erased_at: datetime
    already_erased: bool
    removed: dict[str, int]
    anonymised: dict[str, int]
    kept: list[KeptView]
    elsewhere: list[ElsewhereView]
    senders: list[SenderView]


class ServiceLevel(Wire):
    """How a customer is served: the tier, whether people see to them first, and the tone."""

    tier: str
    priority: bool
    tone: str
