"""Numbers and dates as both languages write them."""

from datetime import datetime, timedelta, timezone

#: The shop's clock; China has one zone and no summer time.
_SHOP = timezone(timedelta(hours=8))


def amount(value: float) -> str:
    """Return a sum with thousands separators, and cents only when there are some."""
    return f"{value:,.2f}".removesuffix(".00")


def rating(value: float) -> str:
    """Return a rating with one decimal."""
    return f"{value:.1f}"


def day(value: datetime) -> str:
    """Return the day in the shop's zone as YYYY-MM-DD."""
    return _here(value).strftime("%Y-%m-%d")


def moment(value: datetime) -> str:
    """Return month, day, hour and minute in the shop's zone."""
    return _here(value).strftime("%m-%d %H:%M")


def clock(value: datetime) -> str:
    """Return hour and minute in the shop's zone."""
    return _here(value).strftime("%H:%M")


def days_from_today(value: datetime) -> int:
    """Return in how many days that is in the shop's zone: 0 today, 1 tomorrow."""
    return (_here(value).date() - datetime.now(_SHOP).date()).days


def _here(value: datetime) -> datetime:
    return value.astimezone(_SHOP) if value.tzinfo else value
