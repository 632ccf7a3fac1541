"""An article of the knowledge base: one question, its answer, in one language or both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import Field, root_validator, validator

from backends.fields import text
from backends.http import Inbound

LANGUAGES = ("zh", "en")
ID_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
CATEGORY_PATTERN = "^[a-z][a-z0-9_]{0,39}$"

ArticleId = text(max_length=255, pattern=ID_PATTERN)
Category = text(max_length=40, pattern=CATEGORY_PATTERN)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
Question = text(max_length=200)
AnswerText = text(max_length=1000, lines=True)
SourceName = text(max_length=120)


class Wording(Inbound):
    """An article in one language."""

    question: Question  # type: ignore[valid-type]
    variants: list[Question] = Field(  # type: ignore[valid-type]
        [], max_items=50, description="Other ways to ask the same."
    )
    answer: AnswerText  # type: ignore[valid-type]

    @property
    def asked(self) -> tuple[str, ...]:
        """All ways to ask, each once."""
        return tuple(dict.fromkeys([self.question, *self.variants]))


class Source(Inbound):
    """Where the answer stands, by language."""

    zh: SourceName | None = None  # type: ignore[valid-type]
    en: SourceName | None = None  # type: ignore[valid-type]


class Content(Inbound):
    """What of an article does not depend on the file it lies in."""

    source: Source | None = None
    valid_from: date | None = Field(None, description="First day on which it answers.")
    valid_to: date | None = Field(None, description="Last day on which it answers.")
    zh: Wording | None = None
    en: Wording | None = None

    @validator("valid_from", "valid_to", pre=True)
    def _is_day(cls, value: Any) -> Any:
        # pydantic takes a number, and text of digits alone, for seconds since 1970.
        if value is None or isinstance(value, date):
            return value
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValueError("must be a day such as 2026-01-31")
        return value


class Article(Content):
    """An article with its name and category, complete and in order."""

    id: ArticleId  # type: ignore[valid-type]
    category: Category  # type: ignore[valid-type]

    @validator("valid_to")
    def _in_order(cls, last: date | None, values: Mapping[str, Any]) -> date | None:
        first = values.get("valid_from")
        if first and last and last < first:
            raise ValueError("is before valid_from")
        return last

    @root_validator(skip_on_failure=True)
    def _in_some_language(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not any(values.get(language) for language in LANGUAGES):
            raise ValueError("has neither zh nor en")
        return values

    def holds(self, day: date) -> bool:
        """Whether it answers on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def wordings(self) -> Iterator[tuple[str, Wording]]:
        """Yield (language, wording) of each language it is in."""
        for language in LANGUAGES:
            wording = getattr(self, language)
            if wording is not None:
                yield language, wording

    def wording(self, language: str) -> tuple[str, Wording]:
        """Return (language, wording) in that language if there is one, else in the other."""
        return max(self.wordings(), key=lambda found: found[0] == language)

    def source_name(self, language: str) -> str | None:
        """Return where the answer stands, in that language if it has a name there."""
        names = self.source.dict() if self.source else {}
        return names.get(language) or next(filter(None, names.values()), None)
