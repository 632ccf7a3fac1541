"""The shop's clock: China has one time zone and no summer time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

SHOP_TIME = timezone(timedelta(hours=8))


def today() -> date:
    """The day it is in the shop."""
    return datetime.now(SHOP_TIME).date()
