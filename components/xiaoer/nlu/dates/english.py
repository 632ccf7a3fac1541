"""English dates: Oct 5, tomorrow, last Friday, in 3 days, 2 weeks ago, end of month."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from xiaoer.nlu.dates import form
from xiaoer.nlu.dates.form import DateForm, Meaning

_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_NUMBERS = {
    word: number
    for number, words in enumerate(
        [
            "a/an/one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        1,
    )
    for word in words.split("/")
}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>20[0-9]{2})"
_FULL_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
# "this sun hat" and "next sat nav" name no day: the two are not shortened.
_WEEKDAY = rf"(?P<weekday>{_FULL_WEEKDAY}|mon|tues?|wed|thu(?:rs?)?|fri)"
_WHICH = r"(?P<which>last|previous|this|next)"
_EDGE = r"(?P<edge>start|beginning|end) of (?:(?P<which>last|previous|this|the|next) )?"
_COUNT = rf"(?P<count>[0-9]{{1,3}}|(?:a )?couple(?: of)?|{'|'.join(_NUMBERS)})"
_UNIT = r"(?P<unit>day|week|month|year)s?"
_STEPS = {"last": -1, "previous": -1, "this": 0, "the": 0, "next": 1}
_INTERVALS: dict[str, Callable[[date, int], form.Interval]] = {
    "week": form.week,
    "weekend": form.weekend,
    "month": form.month,
    "year": form.year,
}


def _calendar_day(match: re.Match[str], today: date) -> Meaning:
    month, day = _MONTH_NAMES.index(match["month"][:3].lower()) + 1, int(match["day"])
    year = match["year"]
    return date(int(year), month, day) if year else form.nearest(today, month, day)


def _calendar_month(match: re.Match[str], today: date) -> Meaning:
    number = _MONTH_NAMES.index(match["month"][:3].lower()) + 1
    return form.month(date(int(match["year"]), number, 1), 0)


def _near_day(match: re.Match[str], today: date) -> date:
    words = match.group().lower().split()
    if "day" in words:
        days = -2 if "before" in words else 2
    elif words[0] in ("yesterday", "last"):
        days = -1
    else:
        days = 1 if words[0] in ("tomorrow", "tmr", "tmrw") else 0
    return today + timedelta(days=days)


def _weekday(match: re.Match[str], today: date) -> date:
    number = _weekday_number(match)
    which = (match.groupdict().get("which") or "").lower()
    if which == "next":
        return form.weekday_of(today, 1, number)
    if which in ("last", "past", "previous"):
        return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    return today + timedelta(days=(number - today.weekday()) % 7)


def _weekday_of_week(match: re.Match[str], today: date) -> date:
    return form.weekday_of(today, _step(match), _weekday_number(match))


def _interval(match: re.Match[str], today: date) -> Meaning:
    return _INTERVALS[match["unit"].lower()](today, _step(match))


def _edge(match: re.Match[str], today: date) -> date:
    first, last = _INTERVALS[match["unit"].lower()](today, _step(match))
    return last if match["edge"].lower() == "end" else first


def _away(match: re.Match[str], today: date) -> date:
    count = match["count"].lower()
    number = int(count) if count.isdecimal() else 2 if "couple" in count else _NUMBERS[count]
    past = match.groupdict().get("side", "").lower() == "ago"
    return form.shift(today, -number if past else number, match["unit"].lower())


def _step(match: re.Match[str]) -> int:
    return _STEPS[(match["which"] or "this").lower()]


def _weekday_number(match: re.Match[str]) -> int:
    return _WEEKDAY_NAMES.index(match["weekday"][:3].lower())


def _form(pattern: str, meaning: Callable[[re.Match[str], date], Meaning]) -> DateForm:
    flags = re.IGNORECASE | re.ASCII
    return DateForm(re.compile(pattern.replace(" ", r"\s{1,3}"), flags), meaning)


FORMS = [
    _form(
        rf"\b{_MONTH}\.?(?: the)?\s{{0,3}}{_DAY}(?:,?\s{{0,3}}{_YEAR})?(?![\w:]|\.\d)",
        _calendar_day,
    ),
    _form(
        rf"(?<![\w.,-])(?:the )?{_DAY}(?: of)?\s{{0,3}}{_MONTH}\b(?:,? {_YEAR}\b)?", _calendar_day
    ),
    _form(rf"\b{_MONTH},? {_YEAR}\b", _calendar_month),
    _form(
        r"\b(?:(?:the )?day (?:before yesterday|after tomorrow)|yesterday|last night"
        r"|today|tonight|this (?:morning|afternoon|evening)|tomorrow|tmrw?)\b",
        _near_day,
    ),
    _form(rf"\b(?P<which>last|previous|past|(?:this )?coming|this|next) {_WEEKDAY}\b", _weekday),
    _form(rf"\b(?P<weekday>{_FULL_WEEKDAY})\b", _weekday),
    _form(rf"\b{_WEEKDAY}(?: of)? {_WHICH} week\b", _weekday_of_week),
    _form(rf"\b{_WHICH} week(?:'s| on)? {_WEEKDAY}\b", _weekday_of_week),
    _form(rf"\b{_WHICH} (?P<unit>week(?:end)?|month|year)\b", _interval),
    _form(r"\b(?P<which>the) (?P<unit>weekend)\b", _interval),
    _form(rf"\b(?:the )?{_EDGE}(?P<unit>week|month|year)\b", _edge),
    _form(rf"\bin {_COUNT} {_UNIT}\b(?:'? time\b)?", _away),
    _form(rf"\b{_COUNT} {_UNIT} (?P<side>ago|from (?:now|today))\b", _away),
]
