"""Order numbers: XD, the date and four digits, however they are typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

_FORM = re.compile(r"XD[0-9]{12}")
_GAPS = re.compile(r"[\s_.\-‐-―]+")
PATTERN = "^[Xx][Dd][ -]?[0-9]{8}[ -]?[0-9]{4}$"


def normalise(typed: str) -> str | None:
    """The order number that was meant, or None when it cannot be one.

    Case, spaces, dashes and full-width forms do not matter.
    """
    number = _GAPS.sub("", unicodedata.normalize("NFKC", typed[:64])).upper()
    return number if _FORM.fullmatch(number) else None


class OrderNumber(str):
    """A pydantic field that takes an order number as typed and holds it normalised."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], str]]:
        yield cls.check

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        schema.update(type="string", pattern=PATTERN, maxLength=64, example="XD202611010001")

    @classmethod
    def check(cls, value: Any) -> str:
        """Normalise.

        Raises:
            ValueError: not a string, or not of the form of an order number.
        """
        number = normalise(value) if isinstance(value, str) else None
        if number is None:
            raise ValueError("is not an order number (XD and 12 digits)")
        return number
