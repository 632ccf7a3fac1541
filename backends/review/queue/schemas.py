"""Requests and answers of the review queue."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, conint, conlist

from backends.fields import text
from backends.http import Inbound, Wire
from backends.knowledge.article import ArticleId, Category, Wording

Source = Literal["low_confidence", "fallback", "refused", "rating"]
Kind = Literal["accept", "relabel", "new_intent", "article", "variant", "discard"]
Number = conint(ge=1, le=2_000_000_000, strict=True)
_Name = text(max_length=80)


class GroupQuery(Inbound):
    """Which groups."""

    state: Literal["open", "decided"] = "open"
    source: Source | None = None
    language: Literal["zh", "en"] | None = None
    intent: _Name | None = Field(  # type: ignore[valid-type]
        None, description="The likeliest of the suggested intents."
    )
    page: conint(ge=1, le=10_000) = 1  # type: ignore[valid-type]


class SuggestionView(Wire):
    """An intent that a group may have; scores of all intents add up to 1."""

    intent: str
    score: float


class GroupView(Wire):
    """Messages that say nearly the same."""

    id: int
    title: str
    language: str
    messages: int
    said: int
    newest_at: datetime
    sources: list[str]
    suggestions: list[SuggestionView]


class GroupList(Wire):
    """A page of groups, those said most often first."""

    items: list[GroupView]
    more: bool


class MessagesQuery(Inbound):
    """Which messages of a group."""

    state: Literal["open", "decided"] = "open"
    page: conint(ge=1, le=10_000) = 1  # type: ignore[valid-type]


class ReviewMessageView(Wire):
    """A message; ``text`` is masked, ``draft`` as a person has edited it."""

    id: int
    text: str
    draft: str | None
    language: str
    count: int
    intent: str | None
    confidence: float | None
    label: str | None
    decision: int | None
    exported: bool
    newest_at: datetime


class GroupMessages(Wire):
    """A group and a page of its messages."""

    id: int
    title: str
    suggestions: list[SuggestionView]
    total: int
    items: list[ReviewMessageView]


class ArticleOrder(Inbound):
    """An article to make, or the id of one that gets more ways to ask."""

    id: ArticleId  # type: ignore[valid-type]
    category: Category | None = None  # type: ignore[valid-type]
    zh: Wording | None = None
    en: Wording | None = None


class DecisionRequest(Inbound):
    """A decision that a person has made."""

    staff: text(max_length=40) = Field(  # type: ignore[valid-type]
        ..., description="User name of the supervisor who decides: nothing is learned without one."
    )
    messages: conlist(Number, min_items=1, max_items=200)  # type: ignore[valid-type]
    kind: Kind
    intent: _Name | None = None  # type: ignore[valid-type]
    file: text(max_length=200) | None = None  # type: ignore[valid-type]
    article: ArticleOrder | None = None
    reason: text(0, 200) | None = None  # type: ignore[valid-type]


class DecisionMade(Wire):
    """What became of it; ``left`` are the messages that stay open, by reason."""

    decision: int
    decided: int
    left: dict[str, list[int]]


class UndoRequest(Inbound):
    """Undo a decision, of one message or of all."""

    staff: text(max_length=40)  # type: ignore[valid-type]
    message: Number | None = None  # type: ignore[valid-type]


class UndoMade(Wire):
    """How many messages are open again."""

    opened: int


class ReviewStats(Wire):
    """How much there is; ``left_out`` counts what was not asked about, by reason."""

    open_messages: int
    open_groups: int
    waiting: int
    decided: int
    exported: int
    left_out: dict[str, int]
