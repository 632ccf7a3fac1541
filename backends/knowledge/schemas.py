"""Requests and answers of the knowledge service."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, conint, constr

from backends.http import Inbound, Wire
from backends.knowledge.article import CATEGORY_PATTERN, Category, Content

Language = Literal["zh", "en"]
Trust = Literal["sure", "near", "none"]


class KnowledgeQuery(Inbound):
    """A customer's question."""

    q: constr(min_length=1, max_length=500) = Field(  # type: ignore[valid-type]
        ..., description="The customer's own words in Chinese or English."
    )
    lang: Language = Field("zh", description="The language that the answer should be in.")
    limit: conint(ge=1, le=20) = 3  # type: ignore[valid-type]


class Hit(Wire):
    """An article that was found.

    ``language`` is that of its texts here: the one asked for where the article is in it.
    """

    id: str
    category: str
    language: Language
    question: str
    answer: str
    source: str | None
    score: float = Field(..., description="How likely it answers the question, 0 to 1.")


class KnowledgeAnswer(Wire):
    """What was found, the best first.

    ``trust``: with ``sure`` the first answers the question and may be said word for word; with
    ``near`` one of them may; with ``none`` nothing here answers it.
    """

    trust: Trust
    items: list[Hit]


class ArticleBody(Content):
    """An article as it is written; its id stands in the address."""

    category: Category  # type: ignore[valid-type]


class WordingView(Wire):
    """An article in one language."""

    question: str
    variants: list[str]
    answer: str


class SourceView(Wire):
    """Where the answer stands."""

    zh: str | None
    en: str | None


class ArticleView(Wire):
    """An article; ``holds`` says whether it answers today."""

    id: str
    holds: bool
    category: str
    source: SourceView | None
    valid_from: date | None
    valid_to: date | None
    zh: WordingView | None
    en: WordingView | None


class ArticleQuery(Inbound):
    """Which articles."""

    category: constr(regex=CATEGORY_PATTERN) | None = None  # type: ignore[valid-type]
    limit: conint(ge=1, le=200) = 50  # type: ignore[valid-type]
    offset: conint(ge=0, le=1_000_000) = 0  # type: ignore[valid-type]


class ArticleList(Wire):
    """Articles in the order of the files."""

    total: int
    items: list[ArticleView]
