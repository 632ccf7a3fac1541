"""Reading data/shop/service.yml; a mistake is one sentence that says where it is."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Extra, Field, confloat, root_validator, validator

from backends.handoff.opening import Opening, Part, Service, SpecialDays, TimeOuts
from backends.rules_file import read_rules_file

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PART = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])\s*[-–]\s*([01][0-9]|2[0-4]):([0-5][0-9])")
_FORM = "must be like 09:00-21:00 (several with commas), or closed"
_Minutes = confloat(gt=0, le=100_000)


def parts_of(value: Any) -> tuple[Part, ...]:
    """The parts of a day as they are written.

    Raises:
        ValueError: another form, or parts that overlap or do not end after they begin.
    """
    if not isinstance(value, str):
        raise ValueError(_FORM)
    if value.strip().lower() == "closed":
        return ()
    parts: list[Part] = []
    last: time | None = time()
    for written in re.split(r"[,，]", value):
        found = _PART.fullmatch(written.strip())
        if found is None:
            raise ValueError(_FORM)
        hour, minute, to_hour, to_minute = (int(number) for number in found.groups())
        if hour == 24 or (to_hour == 24 and to_minute):
            raise ValueError(_FORM)
        begins = time(hour, minute)
        ends = None if to_hour == 24 else time(to_hour, to_minute)
        if ends is not None and ends <= begins:
            raise ValueError("must end later than it begins; write a night as two days")
        if parts and (last is None or begins < last):
            raise ValueError("has parts that overlap or are not in order")
        parts.append((begins, ends))
        last = ends
    return tuple(parts)


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid
        arbitrary_types_allowed = True


class _Days(_Strict):
    first: date = Field(alias="date")
    last: date | None = Field(None, alias="to")
    hours: Any = Field(...)

    @validator("first", "last", pre=True)
    def _is_date(cls, value: Any) -> Any:
        # A number would be taken for seconds.
        if value is not None and type(value) is not date:
            raise ValueError("must be a day such as 2027-02-05")
        return value

    @validator("hours")
    def _parts(cls, value: Any) -> Any:
        return parts_of(value)

    @root_validator(skip_on_failure=True)
    def _in_order(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["last"] is not None and values["last"] < values["first"]:
            raise ValueError("has a `to` before its `date`")
        return values


class _Minuted(_Strict):
    unassigned: _Minutes = 10  # type: ignore[valid-type]
    staff_silent: _Minutes = 10  # type: ignore[valid-type]
    customer_silent: _Minutes = 60  # type: ignore[valid-type]


class _File(_Strict):
    time_zone: Any = Field(...)
    hours: Any = Field(...)
    special_days: list[_Days] = []
    time_outs: _Minuted = _Minuted()

    @validator("time_zone")
    def _zone(cls, value: Any) -> ZoneInfo:
        try:
            return ZoneInfo(value)
        except Exception:
            raise ValueError("must be a time zone such as Asia/Shanghai") from None

    @validator("hours")
    def _week(cls, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError("must name each day from monday to sunday")
        unknown = [name for name in value if name not in WEEKDAYS]
        missing = [name for name in WEEKDAYS if name not in value]
        if unknown or missing:
            raise ValueError(f"must name each day from monday to sunday: {[*unknown, *missing][0]}")
        parts = {}
        for name, written in value.items():
            try:
                parts[name] = parts_of(written)
            except ValueError as error:
                raise ValueError(f"{name} {error}") from None
        return parts


def read_service(path: Path) -> Service:
    """What the file says.

    Raises:
        SetupError: it cannot be read or says something that cannot be used.
    """
    file = read_rules_file(
        path,
        _File,
        "write that file as docs/services/handoff.md shows, or set XIAOER_SERVICE_FILE",
        "it must begin with time_zone and hours",
    )
    return Service(
        Opening(
            file.time_zone,
            [file.hours[name] for name in WEEKDAYS],
            [
                SpecialDays(each.first, each.last or each.first, each.hours)
                for each in file.special_days
            ],
        ),
        TimeOuts(
            *(
                timedelta(minutes=getattr(file.time_outs, name))
                for name in ("unassigned", "staff_silent", "customer_silent")
            )
        ),
    )
