"""Whether a row can be used, and what it then says."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from dateutil.parser import isoparse

from backends.recommendations.models import KINDS
from backends.rows import Row

_STARS = re.compile(r"([1-5])(\.0*)?")
_LONGEST_BASKET = 40


@dataclass(frozen=True)
class Event:
    """A customer did something with a product, or rated it.

    Attributes:
        line: of the file.
        kind: one of `KINDS`, or ``rating``.
        stars: of a rating, None of anything else.
        basket: of a purchase, None where none is named.
        at: in UTC.
    """

    line: int
    customer_id: str
    product_id: str
    kind: str
    stars: int | None
    basket: str | None
    at: datetime


class Checker:
    """Turns rows into events.

    Args:
        customers: all ids there are.
        products: the id by each id and SKU, in upper case.
        now: what is later cannot have happened.
    """

    def __init__(
        self, customers: Collection[str], products: Mapping[str, str], now: datetime
    ) -> None:
        self._customers = customers
        self._products = products
        self._now = now

    def event(self, row: Row) -> Event:
        """Return what a row says.

        Raises:
            ValueError: it cannot be used; says why in one sentence.
        """
        customer = _needed(row, "customer_id")
        if customer not in self._customers:
            raise ValueError(f"there is no customer {_short(customer)}.")
        product = _needed(row, "product_id")
        if product.upper() not in self._products:
            raise ValueError(f"there is no product {_short(product)}.")
        kind = _needed(row, "kind").lower()
        if kind != "rating" and kind not in KINDS:
            raise ValueError(f"kind {_short(kind)} is none of {', '.join(KINDS)} and rating.")
        return Event(
            line=row.line,
            customer_id=customer,
            product_id=self._products[product.upper()],
            kind=kind,
            stars=_stars(row, kind),
            basket=_basket(row) if kind == "purchase" else None,
            at=self._moment(row),
        )

    def _moment(self, row: Row) -> datetime:
        written = _needed(row, "at")
        try:
            moment = isoparse(written)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=timezone.utc)
            moment = moment.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            raise ValueError(
                f"at {_short(written)} is no moment such as 2026-05-01T14:30:00+08:00."
            ) from None
        if moment > self._now:
            raise ValueError(f"at {_short(written)} lies in the future.")
        return moment


def _text(row: Row, name: str) -> str:
    """Return a field as text, "" when it is not given; JSON may hold numbers."""
    value: Any = row.fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"{name} is neither text nor a number.")
    return str(value).strip()


def _needed(row: Row, name: str) -> str:
    value = _text(row, name)
    if not value:
        raise ValueError(f"{name} is missing.")
    return value


def _stars(row: Row, kind: str) -> int | None:
    written = _text(row, "stars")
    if kind != "rating":
        if written:
            raise ValueError(f"a {kind} has no stars: they belong to kind rating.")
        return None
    found = _STARS.fullmatch(_needed(row, "stars"))
    if found is None:
        raise ValueError(f"stars {_short(written)} is no whole number from 1 to 5.")
    return int(found.group(1))


def _basket(row: Row) -> str | None:
    basket = _text(row, "basket")
    if len(basket) > _LONGEST_BASKET or not basket.isprintable():
        raise ValueError(
            f"basket has more than {_LONGEST_BASKET} characters, or some that cannot be shown."
        )
    return basket or None


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:40]}…")
