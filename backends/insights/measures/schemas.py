"""Queries and answers of the insights' endpoints."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, conint

from backends.fields import text
from backends.http import Inbound, Wire
from backends.insights.measures.filters import LONGEST_NAME
from backends.orders.schemas import BothLanguages

_Name = text(0, LONGEST_NAME)


class WrittenDay(str):
    """A day such as 2026-11-26, as it is written; `read_filters` reads it."""

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        schema.update(type="string", format="date")


class InsightQuery(Inbound):
    """Which days and whom; see `backends.insights.measures.filters`."""

    first: WrittenDay | None = Field(None, alias="from", description="The first day.")
    last: WrittenDay | None = Field(
        None, alias="to", description="The last day; by default today, after thirty days."
    )
    channel: _Name | None = Field(None, description="Name of a channel.")  # type: ignore[valid-type]
    language: _Name | None = Field(None, description="zh or en.")  # type: ignore[valid-type]
    segment: _Name | None = Field(  # type: ignore[valid-type]
        None, description="Name of a segment; - for those who are in none."
    )
    model: _Name | None = Field(None, description="Id of a Rasa model.")  # type: ignore[valid-type]


class GroupsQuery(InsightQuery):
    """The same, and what makes the groups."""

    by: Literal["channel", "language", "segment", "model"] = "channel"


class IntentsQuery(InsightQuery):
    """The same, and how many."""

    limit: conint(ge=1, le=500) = 20  # type: ignore[valid-type]


class ConversationsQuery(InsightQuery):
    """The same, and which conversations."""

    only: Literal["fallback", "handed_over", "negative", "unsolved"] | None = None
    page: conint(ge=1, le=1000) = 1  # type: ignore[valid-type]


class MeasureValue(Wire):
    """A figure, null when it is a share of nothing, and how many it is of."""

    value: float | None
    of: int


class Days(Wire):
    """The days that an answer is about, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class InsightOverview(Days):
    """Each measure over all the days."""

    measures: dict[str, MeasureValue]


class InsightDay(Wire):
    """Each measure of one day."""

    day: date
    measures: dict[str, MeasureValue]


class InsightDays(Days):
    """Each measure of each day."""

    items: list[InsightDay]


class InsightGroup(Wire):
    """Each measure of one group; its name is "" where it is not known."""

    name: str
    measures: dict[str, MeasureValue]


class InsightGroups(Days):
    """Each measure of each group."""

    by: str
    items: list[InsightGroup]


class IntentShare(Wire):
    """How often an intent was understood."""

    intent: str
    count: int
    share: float


class IntentMix(Days):
    """The intents that were understood most often."""

    items: list[IntentShare]


class SentimentDay(Wire):
    """Messages of a day by sentiment."""

    day: date
    negative: int
    neutral: int
    positive: int


class SentimentDays(Days):
    """Messages of each day by sentiment."""

    items: list[SentimentDay]


class ConversationView(Wire):
    """A conversation; who it was with is not shown."""

    id: int
    channel: str
    language: str | None
    model: str
    started_at: datetime
    last_at: datetime
    customer_turns: int
    bot_turns: int
    fallbacks: int
    negative: int
    handed_over: bool


class ConversationList(Days):
    """A page of conversations, the newest first."""

    page: int
    more: bool
    items: list[ConversationView]


class TurnView(Wire):
    """One thing that was said, masked."""

    at: datetime
    author: str
    text: str
    intent: str | None
    confidence: float | None
    sentiment: str | None
    is_fallback: bool


class TranscriptView(Wire):
    """A conversation and what was said in it."""

    conversation: ConversationView
    turns: list[TurnView]


class MeasureDefinition(Wire):
    """What a measure counts, and of what."""

    name: str
    unit: str
    good: str
    label: BothLanguages
    definition: BothLanguages
    of: BothLanguages


class MeasureDefinitions(Wire):
    """All measures."""

    items: list[MeasureDefinition]
