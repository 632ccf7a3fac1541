"""Days to look at: a period that moves along with today, or two dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from backends.console.insights.problem import Problem
from backends.insights.measures.filters import MOST_DAYS

#: Numbers are days up to today.
PERIODS = ("7", "30", "90", "month")
DEFAULT = "30"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Dates:
    """Days, both included, and how they were asked for.

    Attributes:
        first, last: the days that are shown.
        period: one of `PERIODS`; "" for dates.
        asked_first, asked_last: what was typed, even if it is none.
    """

    first: date
    last: date
    period: str
    asked_first: str
    asked_last: str

    @property
    def days(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1


def period_dates(period: str, day: date) -> Dates:
    """The days of a period that ends today; of one that does not exist those of `DEFAULT`."""
    period = period if period in PERIODS else DEFAULT
    first = day.replace(day=1) if period == "month" else day - timedelta(days=int(period) - 1)
    return Dates(first, day, period, first.isoformat(), day.isoformat())


def dates_of(period: str, first: str, last: str, day: date) -> tuple[Dates, Problem | None]:
    """Read days; dates go before a period unless they are the very days of it.

    Args:
        period, first, last: as they stand in the address, "" for what does not.
        day: today.

    Returns:
        The days, those of `DEFAULT` when the dates are wrong, and what is wrong with them.
    """
    moving = period_dates(period, day)
    if not (first or last) or (
        period in PERIODS and (first, last) == (moving.asked_first, moving.asked_last)
    ):
        problem = Problem("period", period) if period not in ("", *PERIODS) else None
        return moving, problem
    default = period_dates(DEFAULT, day)
    wrong = Dates(default.first, default.last, "", first[:40], last[:40])
    # One date alone: up to today, or the thirty days that end with it.
    to = _date(last) if last else day
    if to is None:
        return wrong, Problem("date", last)
    since = _date(first) if first else to - timedelta(days=int(DEFAULT) - 1)
    if since is None:
        return wrong, Problem("date", first)
    if since > to:
        return wrong, Problem("order" if last else "future")
    if since > day:
        return wrong, Problem("future")
    if (to - since).days >= MOST_DAYS:
        return wrong, Problem("long", str(MOST_DAYS))
    return Dates(since, to, "", since.isoformat(), to.isoformat()), None


def _date(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed) if _DATE.fullmatch(typed) else None
    except ValueError:
        return None
    # Days beside which there are no others cannot be reckoned with.
    return day if day and 1970 <= day.year < 9000 else None
