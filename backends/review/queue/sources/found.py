"""One message that a source has found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Found:
    """Something that a customer said; texts are masked by whoever stored them.

    Attributes:
        source, source_id: where it comes from; the pair counts once.
        language: as far as it was told.
        left_out: why it is not asked about, where the source knows better than the text.
        others: see `backends.review.queue.models.ReviewOccurrence`.
    """

    source: str
    source_id: str
    text: str
    channel: str
    sender: str
    at: datetime
    language: str | None = None
    conversation_id: int | None = None
    intent: str | None = None
    confidence: float | None = None
    entities: list[dict[str, Any]] = field(default_factory=list)
    said: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    left_out: str | None = None


@dataclass(frozen=True)
class Batch:
    """Some of what a source holds.

    Attributes:
        position: up to where it has been read; reading goes on there.
        is_last: whether nothing more was there.
    """

    found: list[Found]
    position: int
    is_last: bool


#: Reads a source from a position on; what lies before ``since`` is too old.
Reader = Callable[[AsyncSession, int, datetime], Awaitable[Batch]]
