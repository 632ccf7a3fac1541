"""Dates in digits alone: 2026-10-05, 2026/10/5, 10/5/2026."""

import re
from datetime import date

from xiaoer.nlu.dates.form import DateForm


def _year_first(match: re.Match[str], today: date) -> date:
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def _year_last(match: re.Match[str], today: date) -> date:
    first, second = int(match["first"]), int(match["second"])
    # The American order, unless the month would be none.
    month, day = (second, first) if first > 12 else (first, second)
    return date(int(match["year"]), month, day)


FORMS = [
    DateForm(
        re.compile(
            r"(?<![A-Za-z0-9./-])(?P<year>20[0-9]{2})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})"
            r"(?![A-Za-z0-9]|[-/.][0-9])"
        ),
        _year_first,
    ),
    DateForm(
        re.compile(
            r"(?<![A-Za-z0-9./-])(?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})/(?P<year>20[0-9]{2})"
            r"(?![A-Za-z0-9]|[-/.][0-9])"
        ),
        _year_last,
    ),
]
