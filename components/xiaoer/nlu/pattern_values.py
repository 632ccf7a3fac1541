"""From the text a pattern matched to the entity's value; `None` when it is none after all."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from xiaoer.nlu.dates import find_dates, parse_date
from xiaoer.nlu.tracking_numbers import find_tracking_numbers
from xiaoer.text.numbers import parse_amount

_ORDINALS = {
    word: str(number)
    for number, words in enumerate(
        (
            "first 1st",
            "second 2nd",
            "third 3rd",
            "fourth 4th",
            "fifth 5th",
            "sixth 6th",
            "seventh 7th",
            "eighth 8th",
            "ninth 9th",
            "tenth 10th",
        ),
        start=1,
    )
    for word in words.split()
}


@dataclass(frozen=True)
class Found:
    """What a finder found: where, its value (`None` for nothing), and what else is known of it."""

    start: int
    end: int
    value: str | None
    additional_info: dict[str, Any] | None = None


def _digits(text: str, *_: Any) -> str:
    return re.sub(r"[^0-9]", "", text)


def _phone(text: str, *_: Any) -> str:
    digits = _digits(text)
    if digits.startswith("0086"):
        digits = digits[4:]
    elif digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
    else:
        return digits
    # After +86 an area code has lost its 0.
    return digits if re.match("0|1[3-9]", digits) else f"0{digits}"


def _last4(text: str, *_: Any) -> str | None:
    match = re.search(r"(?<![0-9])[0-9]{4}(?![0-9])", text)
    return match.group() if match else None


def _code(text: str, identifier: str, _: Any) -> str:
    code = re.sub(r"[^A-Za-z0-9]", "", text).upper()
    return code if code.startswith(identifier) else identifier + code


def _upper(text: str, *_: Any) -> str:
    return text.upper()


def _amount(text: str, *_: Any) -> str | None:
    amount = parse_amount(text)
    return None if amount is None else f"{amount:.2f}".rstrip("0").rstrip(".")


def _ordinal(text: str, *_: Any) -> str | None:
    for word in re.findall(r"[a-z0-9]+", text.lower()):
        if word in _ORDINALS:
            return _ORDINALS[word]
    number = parse_amount(text)
    return str(int(number)) if number is not None and 1 <= number <= 10 else None


def _date(text: str, _: str, today: datetime.date) -> str | None:
    return parse_date(text, today)


def _dates(text: str, today: datetime.date) -> Iterator[Found]:
    for start, end, value in find_dates(text, today):
        yield Found(start, end, value)


def _tracking_numbers(text: str, _: datetime.date) -> Iterator[Found]:
    for start, end, value, carrier in find_tracking_numbers(text):
        yield Found(start, end, value, {"carrier": carrier} if carrier else None)


#: What a pattern may name as its `value`: (matched text, pattern id, today) -> entity value.
NORMALIZERS: dict[str, Callable[[str, str, datetime.date], str | None]] = {
    "digits": _digits,
    "phone": _phone,
    "last4": _last4,
    "code": _code,
    "upper": _upper,
    "amount": _amount,
    "ordinal": _ordinal,
    "date": _date,
}

#: What a row may name as its `find` instead of a pattern: (plain text, today) -> findings.
FINDERS: dict[str, Callable[[str, datetime.date], Iterator[Found]]] = {
    "dates": _dates,
    "tracking_numbers": _tracking_numbers,
}
