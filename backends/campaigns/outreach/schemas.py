"""Requests and answers of the outreach service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import StrictBool, conint, conlist, constr, validator

from backends.campaigns.outreach.audience import OutreachAudience
from backends.fields import text
from backends.http import Inbound, Wire

REFERENCE_PATTERN = "^OR[0-9A-F]{10}$"
MOST_COPIES = 20
MOST_LISTED = 100
_Copy = constr(regex="^[A-Za-z0-9_.-]{1,40}$")
_Experiment = constr(regex="^[A-Za-z0-9_.-]{1,12}$")


class OutreachRequest(Inbound):
    """A plan: ``begins_at`` null begins when it is set going."""

    name: text(max_length=80)  # type: ignore[valid-type]
    audience: OutreachAudience
    copies: conlist(_Copy, min_items=1, max_items=MOST_COPIES)  # type: ignore[valid-type]
    experiment: _Experiment | None = None  # type: ignore[valid-type]
    begins_at: datetime | None = None
    ends_at: datetime

    @validator("begins_at", "ends_at", pre=True)
    def _written(cls, value: Any) -> Any:
        # A number would be taken for seconds.
        if value is not None and not isinstance(value, str | datetime):
            raise ValueError("must be a moment such as 2026-11-20T10:00:00+08:00")
        return value

    @validator("begins_at", "ends_at")
    def _in_a_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("must be a moment with its time zone")
        return value

    @validator("copies")
    def _each_once(cls, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))


class OutreachQuery(Inbound):
    """Which part of the outreaches, the newest first."""

    limit: conint(ge=1, le=MOST_LISTED) = 50  # type: ignore[valid-type]
    offset: conint(ge=0, le=10_000_000) = 0  # type: ignore[valid-type]


class OutreachDryRunRequest(Inbound):
    """Of whom to ask how many could be written to now."""

    audience: OutreachAudience


class OutreachDryRunView(Wire):
    """Who could be written to today: of ``looked_at`` evenly chosen of ``size`` customers."""

    size: int
    looked_at: int
    reachable: int
    reasons: dict[str, int]


class OutreachArmView(Wire):
    """What came of one variant; ``arm`` is "" for those whom the experiment held out."""

    arm: str
    customers: int
    replied: int
    ordered: int
    unsubscribed: int
    revenue: float


class OutreachCountsView(Wire):
    """``audience`` = ``sent`` + ``waiting`` + ``skipped`` + ``failed`` + ``held_out``."""

    audience: int
    sent: int
    waiting: int
    skipped: int
    failed: int
    held_out: int
    waits: dict[str, int]
    skips: dict[str, int]
    failures: dict[str, int]
    arms: list[OutreachArmView]


class OutreachView(Wire):
    """An outreach and how far it has come."""

    reference: str
    name: str
    state: Literal["draft", "planned", "sending", "done", "stopped"]
    audience: dict[str, Any]
    copies: list[str]
    experiment: str | None
    begins_at: datetime
    ends_at: datetime
    created_at: datetime
    ended_at: datetime | None
    counts: OutreachCountsView


class OutreachList(Wire):
    """Outreaches, the newest first."""

    items: list[OutreachView]


class SubscriptionRequest(Inbound):
    """Whether the customer who speaks wants marketing messages."""

    wanted: StrictBool


class SubscriptionView(Wire):
    """What holds now; ``is_known`` says that the sender is bound to a customer."""

    wanted: bool
    is_known: bool
