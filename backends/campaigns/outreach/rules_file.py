"""Reading data/shop/outreach.yml; a mistake is one sentence that says where it is."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    Extra,
    Field,
    conint,
    constr,
    validator,
)

from backends.campaigns.outreach.rules import Channel, QuietHours, Rules
from backends.rules_file import read_rules_file

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_Count = conint(strict=True, ge=1, le=10_000_000)
_Line = constr(strict=True, strip_whitespace=True, min_length=4, max_length=100)


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class _Quiet(_Strict):
    begins: Any = Field(..., alias="from")
    ends: Any = Field(..., alias="to")

    @validator("begins", "ends")
    def _clock(cls, value: Any) -> time:
        # Without quotation marks YAML takes 21:00 for a number in base 60.
        found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError('must be a time in quotation marks such as "21:00"')
        return time(int(found[1]), int(found[2]))


class _Caps(_Strict):
    per_day: _Count  # type: ignore[valid-type]
    per_week: _Count  # type: ignore[valid-type]

    @validator("per_week")
    def _at_least_a_day(cls, value: int, values: dict[str, Any]) -> int:
        if value < values.get("per_day", 0):
            raise ValueError("is less than per_day")
        return value


class _Channel(_Strict):
    per_minute: _Count  # type: ignore[valid-type]
    per_day: _Count  # type: ignore[valid-type]
    longest: conint(strict=True, ge=50, le=4000)  # type: ignore[valid-type]
    unit: Literal["characters", "bytes"] = "characters"
    window_hours: conint(strict=True, ge=1, le=8760) | None = None  # type: ignore[valid-type]
    per_window: conint(strict=True, ge=1, le=1000) | None = None  # type: ignore[valid-type]

    @validator("per_window")
    def _of_a_window(cls, value: int | None, values: dict[str, Any]) -> int | None:
        if value is not None and values.get("window_hours") is None:
            raise ValueError("needs window_hours beside it")
        return value


class _Unsubscribe(_Strict):
    zh: _Line  # type: ignore[valid-type]
    en: _Line  # type: ignore[valid-type]
    marks: list[constr(strict=True, min_length=2, max_length=40)] = []  # type: ignore[valid-type]


class _File(_Strict):
    quiet_hours: _Quiet
    caps: _Caps
    channels: dict[str, _Channel]
    unsubscribe: _Unsubscribe

    @validator("channels")
    def _named(cls, value: dict[str, _Channel]) -> dict[str, _Channel]:
        for name in value:
            if not _CHANNEL.fullmatch(name):
                raise ValueError("must be named as in credentials.yml: small letters, digits, _")
        if not value:
            raise ValueError("needs at least one channel")
        return value


def read_rules(path: Path) -> Rules:
    """What the file says.

    Raises:
        SetupError: it cannot be read or says something that cannot be used.
    """
    file = read_rules_file(
        path,
        _File,
        "write that file as docs/services/outreach.md shows, or set XIAOER_OUTREACH_FILE",
        "it must have quiet_hours, caps, channels and unsubscribe",
    )
    return Rules(
        QuietHours(file.quiet_hours.begins, file.quiet_hours.ends),
        file.caps.per_day,
        file.caps.per_week,
        {
            name: Channel(
                each.per_minute,
                each.per_day,
                each.longest,
                each.unit,
                timedelta(hours=each.window_hours) if each.window_hours else None,
                each.per_window,
            )
            for name, each in file.channels.items()
        },
        {"zh": file.unsubscribe.zh, "en": file.unsubscribe.en},
        tuple(file.unsubscribe.marks),
    )
