"""Urgency: "last day" is said only on the last day, "hurry" never."""

from __future__ import annotations

from typing import ClassVar

from backends.campaigns.copy.rules.rule import Copy, Objection, Rule
from backends.campaigns.copy.rules.words import pattern
from backends.clock import today
from xiaoer.generation.guard.reading.normalising import normalise, small


class Urgency(Rule):
    """No words of haste; the last day may be named on the offer's last day."""

    name: ClassVar[str] = "urgency"

    def objection(self, copy: Copy) -> Objection | None:
        """Return the words that press."""
        read = small(normalise(copy.text))
        if copy.brief.offer and copy.brief.offer.until == today():
            read = pattern("last_day").sub("", read)
        found = pattern("urgency").search(read)
        return self.against(found.group()) if found else None
