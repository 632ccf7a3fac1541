"""Scarcity: "few left" is said only where few are left."""

from __future__ import annotations

from typing import ClassVar

from backends.campaigns.copy.rules.rule import Copy, Objection, Rule
from backends.campaigns.copy.rules.words import pattern
from xiaoer.generation.guard.reading.normalising import normalise, small


class Scarcity(Rule):
    """No word of little stock, unless the brief says so and it is true.

    Numbers of pieces are never said: they change with every sale.
    """

    name: ClassVar[str] = "scarcity"

    def objection(self, copy: Copy) -> Objection | None:
        """Return the words that say it."""
        read = small(normalise(copy.text))
        for wording in copy.facts.scarce:
            read = read.replace(small(normalise(wording)), "")
        found = pattern("scarcity").search(read)
        return self.against(found.group()) if found else None
