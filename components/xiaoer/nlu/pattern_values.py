"""From the text a pattern matched to the entity's value."""

import datetime
import re
from collections.abc import Callable

from xiaoer.nlu.numbers import parse_amount


def _digits(text: str, _: str) -> str:
    return re.sub(r"\D", "", text)


def _last4(text: str, _: str) -> str:
    return _digits(text, "")[-4:]


def _code(text: str, _: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text).upper()


def _upper(text: str, _: str) -> str:
    return text.upper()


def _amount(text: str, _: str) -> str:
    amount = parse_amount(text)
    return text if amount is None else f"{amount:g}" if amount < 1e6 else str(int(amount))


def _date(text: str, identifier: str) -> str:
    today = datetime.date.today()
    if identifier.startswith("day"):
        return (today + datetime.timedelta(days=int(identifier[3:]))).isoformat()
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    try:
        if len(numbers) == 3:
            return datetime.date(*numbers).isoformat()
        return datetime.date(today.year, *numbers).isoformat()
    except (TypeError, ValueError):
        return text


#: What a pattern may name as its `value`: (matched text, pattern id) -> entity value.
NORMALIZERS: dict[str, Callable[[str, str], str]] = {
    "digits": _digits,
    "last4": _last4,
    "code": _code,
    "upper": _upper,
    "amount": _amount,
    "date": _date,
}
