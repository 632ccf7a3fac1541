"""Dates, weekdays, times of the day and words for days."""

from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.clock import CLOCK
from xiaoer.generation.guard.reading.dates import DATE, RELATIVE, WEEKDAY
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.rule import Rule
from xiaoer.generation.guard.rules.evidence import first_unfounded

_KINDS = {CLOCK, DATE, RELATIVE, WEEKDAY}


class Dates(Rule):
    """Each date, weekday, time of the day and word such as tomorrow stands in the evidence."""

    name: ClassVar[str] = "dates"

    def objection(self, draft: Draft) -> str | None:
        """Return the first date that the evidence has not, or says of something else."""
        return first_unfounded(draft, lambda fact: fact.kind in _KINDS, same=_same)


def _same(said: Fact, proof: Fact) -> bool:
    """Whether both are one day: the reply may leave out a year, never add one."""
    if said.kind != DATE:
        return said.value == proof.value
    assert isinstance(said.value, tuple)
    assert isinstance(proof.value, tuple)
    year, *day = said.value
    return day == list(proof.value[1:]) and year in (None, proof.value[0])
