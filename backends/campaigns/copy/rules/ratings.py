"""Ratings: no stars and no marks; they change, and nobody vouches for them tomorrow."""

from __future__ import annotations

from typing import ClassVar

from backends.campaigns.copy.rules.rule import Copy, Objection, Rule
from backends.campaigns.copy.rules.words import pattern
from xiaoer.generation.guard.reading.normalising import normalise, small


class Ratings(Rule):
    """No rating of a product is advertised."""

    name: ClassVar[str] = "ratings"

    def objection(self, copy: Copy) -> Objection | None:
        """Return the rating."""
        found = pattern("ratings").search(small(normalise(copy.text)))
        return self.against(found.group()) if found else None
