"""Field types of the hand-over: what people wrote is taken as it is, never refused for a mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from typing import Any

from backends.fields import has_control

MOST_TEXT = 4000
_MOST_SLOTS, _MOST_NAME, _MOST_VALUE = 50, 80, 1000
_EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LATEST = datetime(9000, 1, 1, tzinfo=timezone.utc)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def clean(text: str) -> str:
    """Text without what cannot be stored or would disguise it; lines stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if has_control(text, lines=True):
        text = "".join(each for each in text if not has_control(each, lines=True))
    return text.strip()


class Words(str):
    """What a person or the assistant said; control characters are taken out."""

    min_length = 1
    max_length = MOST_TEXT

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], str]]:
        yield cls.check

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        schema.update(type="string", minLength=cls.min_length, maxLength=cls.max_length)

    @classmethod
    def check(cls, value: Any) -> str:
        """Clean.

        Raises:
            ValueError: not a string, or too short or too long.
        """
        if not isinstance(value, str):
            raise ValueError("must be a string")
        if not cls.min_length <= len(value) <= cls.max_length:
            raise ValueError(f"must have {cls.min_length} to {cls.max_length} characters")
        return clean(value)


class MaybeWords(Words):
    """The same, and may be empty."""

    min_length = 0


class Slots(dict):
    """Slot values by name, all of them text."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], dict[str, str]]]:
        yield cls.check

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        schema.update(
            type="object",
            maxProperties=_MOST_SLOTS,
            additionalProperties={"type": "string", "maxLength": _MOST_VALUE},
        )

    @classmethod
    def check(cls, value: Any) -> dict[str, str]:
        """Clean names and values; long names are cut.

        Raises:
            ValueError: not an object of texts, or too many or too long ones.
        """
        if not isinstance(value, dict):
            raise ValueError("must be an object")
        if len(value) > _MOST_SLOTS:
            raise ValueError(f"has more than {_MOST_SLOTS} slots")
        if not all(isinstance(each, str) and len(each) <= _MOST_VALUE for each in value.values()):
            raise ValueError(f"must hold texts of at most {_MOST_VALUE} characters")
        return {clean(name)[:_MOST_NAME]: clean(each) for name, each in value.items()}


class Moment(datetime):
    """An ISO 8601 moment with its zone; one that no database holds becomes the nearest."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], datetime]]:
        yield cls.check

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        schema.update(type="string", format="date-time")

    @classmethod
    def check(cls, value: Any) -> datetime:
        """Parse.

        Raises:
            ValueError: not a moment of that form, or not one of the calendar.
        """
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValueError("must be a moment such as 2026-11-26T09:00:00Z")
        day, _, rest = value.upper().replace("Z", "+00:00").partition("T")
        clock, zone = rest[:-6], rest[-6:]
        whole, _, part = clock.partition(".")
        # A leap second is the second before it.
        whole = whole[:6] + min(whole[6:], "59")
        moment = datetime.fromisoformat(f"{day}T{whole}.{part[:6]:0<6}{zone}")
        return min(max(moment, _EARLIEST), _LATEST)


class Day(date):
    """A day such as 2026-11-26."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], date]]:
        yield cls.check

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        schema.update(type="string", format="date")

    @classmethod
    def check(cls, value: Any) -> date:
        """Parse.

        Raises:
            ValueError: another form, or not a day of the calendar.
        """
        if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError("must be a day such as 2026-11-26")
        return date.fromisoformat(value)
