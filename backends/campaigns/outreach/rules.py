"""What holds for every marketing message: quiet hours, caps, and what the channels take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

from backends.clock import SHOP_TIME


@dataclass(frozen=True)
class QuietHours:
    """When nobody is written to, by the shop's clock; a part of the night may span midnight.

    Attributes:
        begins, ends: from when until when; the same moment twice means never.
    """

    begins: time
    ends: time

    def end_of(self, moment: datetime) -> datetime | None:
        """When the quiet hours end in which a moment lies, in UTC; None when it lies in none."""
        local = moment.astimezone(SHOP_TIME)
        clock = local.time()
        if self.begins <= self.ends:
            is_quiet = self.begins <= clock < self.ends
        else:
            is_quiet = clock >= self.begins or clock < self.ends
        if not is_quiet:
            return None
        end = datetime.combine(local.date(), self.ends, SHOP_TIME)
        return (end if end > local else end + timedelta(days=1)).astimezone(timezone.utc)


@dataclass(frozen=True)
class Channel:
    """What a channel takes.

    Attributes:
        per_minute, per_day: most messages of all outreaches together.
        longest: most of a message, in ``unit``.
        unit: ``characters``, or ``bytes`` of UTF-8.
        window: how long after the customer's last message one may write; None: at any time.
        per_window: how many messages may follow the customer's last one; None: any number.
    """

    per_minute: int
    per_day: int
    longest: int
    unit: str
    window: timedelta | None
    per_window: int | None

    def takes(self, text: str) -> bool:
        """Whether a message is not too long."""
        length = len(text.encode("utf-8", "replace")) if self.unit == "bytes" else len(text)
        return length <= self.longest


@dataclass(frozen=True)
class Rules:
    """What the file says.

    Attributes:
        quiet: the quiet hours.
        per_day, per_week: most marketing messages a customer gets in 24 hours and in 7 days, of
            all outreaches and on all channels.
        channels: by name, the preferred one first; on others nothing is sent.
        lines: by language, the line that tells how to unsubscribe.
        marks: in copy that holds one of these the line stands already.
    """

    quiet: QuietHours
    per_day: int
    per_week: int
    channels: Mapping[str, Channel]
    lines: Mapping[str, str]
    marks: tuple[str, ...]

    def message(self, text: str, language: str) -> str:
        """Copy as it is sent: with the line that tells how to unsubscribe, once."""
        folded = text.casefold()
        if any(mark.casefold() in folded for mark in self.marks):
            return text
        return f"{text.rstrip()}\n{self.lines[language]}"
