"""Field types of requests: text that is safe to store, order numbers, sums of money."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import confloat

# C0 and C1 controls, and the marks that reverse the direction of text to disguise it.
_CONTROL = "\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069"
_CONTROL_BUT_LINES = (
    "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069"
)


def has_control(text: str, lines: bool = False) -> bool:
    """Whether text holds control characters, direction overrides or broken code points.

    Args:
        text: what somebody sent.
        lines: whether tab and newline are allowed.
    """
    for character in text:
        if lines and character in "\t\n":
            continue
        if unicodedata.category(character) in {"Cc", "Cs"} or character in "‪‫‬‭‮⁦⁧⁨⁩":
            return True
    return False


class Text(str):
    """Text as sent, without spaces at its ends; made into bounded kinds by :func:`text`."""

    min_length = 1
    max_length = 200
    lines = False
    pattern: str | None = None

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], str]]:
        yield cls.check

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        any_one = f"[^{_CONTROL_BUT_LINES if cls.lines else _CONTROL}]"
        end = f"[^{_CONTROL}\\s]"
        some = f"{end}({any_one}*{end})?"
        schema.update(
            type="string",
            minLength=cls.min_length,
            maxLength=cls.max_length,
            pattern=cls.pattern or (f"^{some}$" if cls.min_length else f"^({some})?$"),
        )

    @classmethod
    def check(cls, value: Any) -> str:
        """Return the trimmed text.

        Raises:
            ValueError: not a string, of the wrong length or form, or with control characters.
        """
        if not isinstance(value, str):
            raise ValueError("must be a string")
        if cls.lines:
            value = value.replace("\r\n", "\n").replace("\r", "\n")
        if has_control(value, cls.lines):
            raise ValueError("has control characters")
        if len(value) > cls.max_length:
            raise ValueError(f"has more than {cls.max_length} characters")
        trimmed = value.strip()
        if len(trimmed) < cls.min_length:
            raise ValueError("is too short" if trimmed else "is empty")
        if cls.pattern and not re.fullmatch(
            cls.pattern.removeprefix("^").removesuffix("$"), trimmed
        ):
            raise ValueError("does not have the right form")
        return trimmed


def text(
    min_length: int = 1, max_length: int = 200, *, lines: bool = False, pattern: str | None = None
) -> Any:
    """A type of bounded text for a pydantic field.

    Args:
        min_length: least characters after trimming.
        max_length: most characters as sent.
        lines: whether tab and newline are allowed.
        pattern: regular expression for the whole of it, with ``^`` and ``$``.
    """
    return type(
        "BoundedText",
        (Text,),
        {"min_length": min_length, "max_length": max_length, "lines": lines, "pattern": pattern},
    )


Money = confloat(ge=0, le=100_000_000)
