"""Dates as customers write them in Chinese and English, and the days they mean.

A day comes out as ISO 8601 writes it, `2026-10-05`; a week, a weekend, a month or a year as an
interval with its first and its last day, `2026-10-05/2026-10-11` (ISO 8601-1:2019, 5.5). Weeks
begin on Monday. docs/components/catalog-entity-extractor.md says what "next Monday" and the other
words that people understand differently are taken to mean.
"""

import datetime
from collections.abc import Iterator

from xiaoer.nlu.dates.chinese import FORMS as CHINESE
from xiaoer.nlu.dates.english import FORMS as ENGLISH
from xiaoer.nlu.dates.form import DateForm, Meaning
from xiaoer.nlu.dates.numeric import FORMS as NUMERIC

__all__ = ["find_dates", "parse_date"]

_FORMS: list[DateForm] = [*NUMERIC, *CHINESE, *ENGLISH]


def find_dates(text: str, today: datetime.date) -> Iterator[tuple[int, int, str | None]]:
    """Yield start, end and ISO date or interval of what reads as a date, overlaps included.

    The last is `None` for what has a date's form but is no day, such as 2月30日.
    """
    for form in _FORMS:
        for match in form.pattern.finditer(text):
            yield match.start(), match.end(), _iso(form.mean(match, today))


def parse_date(text: str, today: datetime.date) -> str | None:
    """Return the ISO date or interval that `text` as a whole names, or `None`."""
    text = text.strip()
    for form in _FORMS:
        if match := form.pattern.fullmatch(text):
            return _iso(form.mean(match, today))
    return None


def _iso(meaning: Meaning) -> str | None:
    if isinstance(meaning, tuple):
        return "/".join(day.isoformat() for day in meaning)
    return meaning.isoformat() if meaning else None
