"""Which days and whom figures are about."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backends.clock import today
from backends.errors import ApiError
from backends.fields import has_control
from backends.insights.measures.models import EVERYBODY, NO_SEGMENT

#: The longest range, in days: three years.
MOST_DAYS = 3 * 366
#: How many days are shown when none are asked for.
USUAL_DAYS = 30
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: The longest name of a channel, language, segment or model.
LONGEST_NAME = 64


@dataclass(frozen=True)
class Filters:
    """What figures are about.

    Attributes:
        first, last: the days, both included, by the shop's clock.
        channel, language, segment, model: "" is no filter; the segment ``-`` is of those who are
            in none.
    """

    first: date
    last: date
    channel: str = ""
    language: str = ""
    segment: str = EVERYBODY
    model: str = ""

    @property
    def days(self) -> list[date]:
        """Every day, in order."""
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]


def read_filters(
    first: str | None = None,
    last: str | None = None,
    channel: str | None = None,
    language: str | None = None,
    segment: str | None = None,
    model: str | None = None,
) -> Filters:
    """Read filters as somebody typed them; without days those of the last thirty.

    Raises:
        ApiError: 422 ``invalid_dates`` for something that is no day, a first day after the last or
            more than three years; 422 ``invalid_filter`` for a filter that cannot be a name.
    """
    begins, ends = _day(first), _day(last)
    if ends is None:
        ends = max(today(), begins or date.min)
    if begins is None:
        begins = date.fromordinal(max(1, ends.toordinal() - USUAL_DAYS + 1))
    if begins > ends:
        raise _wrong_dates("The first day is after the last: exchange them.")
    if (ends - begins).days >= MOST_DAYS:
        raise _wrong_dates("More than three years were asked for: ask for fewer days.")
    names: dict[str, Any] = {
        "channel": channel, "language": language, "segment": segment, "model": model,
    }  # fmt: skip
    return Filters(begins, ends, **{name: _name(name, value) for name, value in names.items()})


def check_segment(filters: Filters, segments: Collection[str]) -> None:
    """Refuse a segment that there is not.

    Args:
        filters: what is asked for.
        segments: the names there are.

    Raises:
        ApiError: 422 ``unknown_segment``.
    """
    if filters.segment not in (EVERYBODY, NO_SEGMENT, *segments):
        raise ApiError(
            422,
            "unknown_segment",
            "There is no segment of this name: see segments.yml or GET /v1/segments.",
        )


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    if _DAY.fullmatch(written):
        try:
            day = date.fromisoformat(written)
        except ValueError:
            pass
        else:
            # Days beside which there are no others cannot be reckoned with.
            if 1970 <= day.year < 9000:
                return day
    raise _wrong_dates("Days are written like 2026-11-26, and must be in the calendar.")


def _name(name: str, value: str | None) -> str:
    if not value:
        return ""
    if len(value) > LONGEST_NAME or has_control(value):
        raise ApiError(422, "invalid_filter", f"The filter {name} cannot be a name.")
    return value


def _wrong_dates(message: str) -> ApiError:
    return ApiError(422, "invalid_dates", message)
