"""Days of the shop's clock as moments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from backends.clock import SHOP_TIME


def begin(day: date) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time.min, SHOP_TIME)


def end(day: date) -> datetime:
    """When a day is over: the beginning of the next."""
    return begin(day + timedelta(days=1))


def day_of(moment: datetime) -> date:
    """The day of a moment."""
    return moment.astimezone(SHOP_TIME).date()
