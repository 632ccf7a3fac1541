"""When people are there, by the shop's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

# Longer than any holiday; who never opens says so by None.
_LOOK_AHEAD = 400

Part = tuple[time, time | None]


@dataclass(frozen=True)
class SpecialDays:
    """Days with hours of their own."""

    first: date
    last: date
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Opening:
    """The opening hours.

    Attributes:
        zone: the shop's time zone.
        week: the parts of each weekday, Monday first; a part that ends with None ends at midnight.
        special: days with other hours; the last one given holds.
    """

    zone: ZoneInfo
    week: Sequence[tuple[Part, ...]]
    special: Sequence[SpecialDays] = ()

    def day(self, moment: datetime) -> date:
        """The day it is in the shop."""
        return moment.astimezone(self.zone).date()

    def parts(self, day: date) -> list[tuple[datetime, datetime]]:
        """The opening hours of a day, in UTC, in order."""
        given = self.week[day.weekday()]
        for each in self.special:
            if each.first <= day <= each.last:
                given = each.parts
        return [
            (self._at(day, begins), self._at(day, ends) if ends else self._midnight(day))
            for begins, ends in given
        ]

    def is_open(self, moment: datetime) -> bool:
        """Whether people are there."""
        return any(begins <= moment < ends for begins, ends in self.parts(self.day(moment)))

    def opens_at(self, moment: datetime) -> datetime | None:
        """When people are there next; None when they are now, or never will be."""
        if self.is_open(moment):
            return None
        today = self.day(moment)
        for ahead in range(_LOOK_AHEAD):
            for begins, _ in self.parts(today + timedelta(days=ahead)):
                if begins > moment:
                    return begins
        return None

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(timezone.utc)

    def _midnight(self, day: date) -> datetime:
        return self._at(day + timedelta(days=1), time())


@dataclass(frozen=True)
class TimeOuts:
    """How long one waits for the other.

    Attributes:
        unassigned: until a waiting ticket becomes a message that is answered later.
        staff_silent: until a ticket whose customer gets no answer goes back into the queue.
        customer_silent: until a talk ends whose customer does not answer.
    """

    unassigned: timedelta
    staff_silent: timedelta
    customer_silent: timedelta


@dataclass(frozen=True)
class Service:
    """What the file of the service says."""

    opening: Opening
    time_outs: TimeOuts
