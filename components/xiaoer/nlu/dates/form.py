"""What a form of dates is, and the calendar that the forms of all languages share."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

Interval = tuple[date, date]
#: A day, the first and the last day of an interval, or nothing when there is no such day.
Meaning = date | Interval | None
#: What `shift` counts in.
UNITS = ("day", "week", "month", "year")


@dataclass(frozen=True)
class DateForm:
    """A way in which dates are written."""

    pattern: re.Pattern[str]
    meaning: Callable[[re.Match[str], date], Meaning]

    def mean(self, match: re.Match[str], today: date) -> Meaning:
        """Return what `match` of the pattern means today."""
        try:
            return self.meaning(match, today)
        except (ValueError, OverflowError):
            # 30 February, or 999 years from now
            return None


def shift(today: date, number: int, unit: str) -> date:
    """Return the day `number` of `UNITS` after `today`; before it when negative."""
    return today + relativedelta(**{f"{unit}s": number})


def weekday_of(today: date, weeks: int, weekday: int) -> date:
    """Return a day (0 is Monday) of the calendar week `weeks` after that of `today`."""
    return today + timedelta(days=weekday - today.weekday() + 7 * weeks)


def week(today: date, weeks: int) -> Interval:
    """Return the calendar week `weeks` after that of `today`."""
    return weekday_of(today, weeks, 0), weekday_of(today, weeks, 6)


def weekend(today: date, weeks: int) -> Interval:
    """Return Saturday and Sunday of the calendar week `weeks` after that of `today`."""
    return weekday_of(today, weeks, 5), weekday_of(today, weeks, 6)


def month(today: date, months: int) -> Interval:
    """Return the calendar month `months` after that of `today`."""
    first = today + relativedelta(day=1, months=months)
    return first, first + relativedelta(day=31)


def year(today: date, years: int) -> Interval:
    """Return the calendar year `years` after that of `today`."""
    return date(today.year + years, 1, 1), date(today.year + years, 12, 31)


def nearest(today: date, month_number: int, day: int) -> date | None:
    """Return the day of that name nearest to `today`: in January, 30 December was last month."""
    possible = []
    for years in (-1, 0, 1):
        try:
            possible.append(date(today.year + years, month_number, day))
        except ValueError:
            continue
    return min(possible, key=lambda one: abs(one - today)) if possible else None
