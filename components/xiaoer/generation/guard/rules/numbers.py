"""Numbers: counts, durations, measures, ordinals."""

from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.clock import CLOCK
from xiaoer.generation.guard.reading.codes import CODE, EMAIL, ORDER, PHONE, SKU, TRACKING, URL
from xiaoer.generation.guard.reading.dates import DATE, RELATIVE, WEEKDAY
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.quantities import DISCOUNT, MONEY, PERCENT
from xiaoer.generation.guard.rule import Rule
from xiaoer.generation.guard.rules.evidence import first_unfounded

_OTHERS = {
    CLOCK,
    CODE,
    EMAIL,
    ORDER,
    PHONE,
    SKU,
    TRACKING,
    URL,
    DATE,
    RELATIVE,
    WEEKDAY,
    DISCOUNT,
    PERCENT,
}
_TIMES = {"seconds", "days", "working days", "months", "times", "points"}


class Numbers(Rule):
    """Each number that is no price, date or identifier stands in the evidence with its unit."""

    name: ClassVar[str] = "numbers"

    def objection(self, draft: Draft) -> str | None:
        """Return the first number that the evidence has not, or says of something else."""
        return first_unfounded(draft, _concerns, known=lambda fact: fact.kind not in _TIMES)


def _concerns(fact: Fact) -> bool:
    return fact.kind not in _OTHERS and not fact.kind.startswith(MONEY)
