"""What one making of sums is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.insights.measures.counting.days import begin, end
from backends.insights.measures.models import SegmentMember
from backends.orders.models import Identity

_AT_ONCE = 500


@dataclass(frozen=True)
class Scope:
    """Days whose sums are made.

    Attributes:
        session: for reading.
        first, last: the days, both included.
        trusted: channels on which a bound sender is known to be a customer.
    """

    session: AsyncSession
    first: date
    last: date
    trusted: frozenset[str]

    @property
    def begin(self) -> datetime:
        """When the first day begins."""
        return begin(self.first)

    @property
    def end(self) -> datetime:
        """When the last day is over."""
        return end(self.last)

    def within(self, moment: Any) -> ColumnElement:
        """The condition that a column's moment is on one of these days."""
        return (moment >= self.begin) & (moment < self.end)

    def bound(self, table: Any) -> ColumnElement:
        """The condition by which a sender's row of a table joins `Identity`."""
        return (
            (Identity.channel == table.channel)
            & (Identity.sender == table.sender)
            & Identity.channel.in_(sorted(self.trusted))
        )

    async def segments(self, customers: Iterable[str | None]) -> Mapping[str | None, list[str]]:
        """The segments of customers; one who is in none, or not known, is missing."""
        found: dict[str | None, list[str]] = defaultdict(list)
        asked = sorted({customer for customer in customers if customer})
        for start in range(0, len(asked), _AT_ONCE):
            rows = await self.session.execute(
                select(SegmentMember.customer_id, SegmentMember.segment).where(
                    SegmentMember.customer_id.in_(asked[start : start + _AT_ONCE])
                )
            )
            for customer, segment in rows:
                found[customer].append(segment)
        return found
