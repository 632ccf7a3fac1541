"""Prices, percentages and discounts."""

from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.quantities import DISCOUNT, MONEY, PERCENT
from xiaoer.generation.guard.rule import Rule
from xiaoer.generation.guard.rules.evidence import first_unfounded


class Prices(Rule):
    """Each amount of money, percentage and discount stands in the evidence; 85 折 is 15 % off."""

    name: ClassVar[str] = "prices"

    def objection(self, draft: Draft) -> str | None:
        """Return the first price that the evidence has not, or says of something else."""
        return first_unfounded(
            draft,
            lambda fact: fact.kind in (DISCOUNT, PERCENT) or fact.kind.startswith(MONEY),
        )
