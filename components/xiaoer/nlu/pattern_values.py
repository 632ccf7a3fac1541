"""From the text a pattern matched to the entity's value; `None` when it is none after all."""

import datetime
import re
from collections.abc import Callable

from xiaoer.nlu.numbers import parse_amount

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
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def _digits(text: str, _: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _mobile(text: str, _: str) -> str:
    return _digits(text, "")[-11:]


def _last4(text: str, _: str) -> str | None:
    match = re.search(r"(?<![0-9])[0-9]{4}(?![0-9])", text)
    return match.group() if match else None


def _code(text: str, identifier: str) -> str:
    code = re.sub(r"[^A-Za-z0-9]", "", text).upper()
    return code if code.startswith(identifier) else identifier + code


def _upper(text: str, _: str) -> str:
    return text.upper()


def _amount(text: str, _: str) -> str | None:
    amount = parse_amount(text)
    return None if amount is None else f"{amount:.2f}".rstrip("0").rstrip(".")


def _ordinal(text: str, _: str) -> str | None:
    for word in re.findall(r"[a-z0-9]+", text.lower()):
        if word in _ORDINALS:
            return _ORDINALS[word]
    number = parse_amount(text)
    return str(int(number)) if number is not None and 1 <= number <= 10 else None


def _date(text: str, identifier: str) -> str | None:
    today = datetime.date.today()
    if identifier.startswith("day"):
        return (today + datetime.timedelta(days=int(identifier[3:]))).isoformat()
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    named = [_MONTHS.index(word[:3]) + 1 for word in _words(text) if word[:3] in _MONTHS]
    year = numbers.pop(0) if len(numbers) > 1 and numbers[0] > 31 else None
    month, day = (*named, *numbers)[:2]
    possible = []
    for candidate in (year,) if year else (today.year - 1, today.year, today.year + 1):
        try:
            possible.append(datetime.date(candidate, month, day))
        except ValueError:
            continue
    # Without a year the nearest is meant: in January, "12月30号" was last month.
    return min(possible, key=lambda date: abs(date - today)).isoformat() if possible else None


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 2]


#: What a pattern may name as its `value`: (matched text, pattern id) -> entity value.
NORMALIZERS: dict[str, Callable[[str, str], str | None]] = {
    "digits": _digits,
    "mobile": _mobile,
    "last4": _last4,
    "code": _code,
    "upper": _upper,
    "amount": _amount,
    "ordinal": _ordinal,
    "date": _date,
}
