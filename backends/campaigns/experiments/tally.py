"""The counts of one arm, and what they say by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backends.campaigns.experiments.counting import Sums
from backends.campaigns.experiments.statistics.intervals import Interval, mean_interval, wilson


@dataclass(frozen=True)
class Tally:
    """Units of an arm: assigned, settled, the sum of values and of squares, late rewards."""

    assigned: int = 0
    settled: int = 0
    total: float = 0.0
    squares: float = 0.0
    late: int = 0

    @classmethod
    def of(cls, sums: Iterable[Sums]) -> Tally:
        """Add up."""
        each = list(sums)
        return cls(
            sum(one.assigned for one in each),
            sum(one.settled for one in each),
            sum(one.total for one in each),
            sum(one.squares for one in each),
            sum(one.late for one in each),
        )

    @property
    def mean(self) -> float:
        """Mean value of a settled unit; 0 of none."""
        return self.total / self.settled if self.settled else 0.0

    @property
    def variance(self) -> float:
        """Of a settled unit's value, unbiased; 0 of fewer than two."""
        if self.settled < 2:
            return 0.0
        return max(0.0, self.squares - self.settled * self.mean**2) / (self.settled - 1)


def arm_tallies(sums: Sequence[Sums], arms: int) -> list[Tally]:
    """The tally of each arm."""
    return [Tally.of(each for each in sums if each.arm == place) for place in range(arms)]


def own_interval(tally: Tally, is_rate: bool, alpha: float = 0.05) -> Interval | None:
    """A rate by Wilson, a mean by Student; None when there is too little."""
    if is_rate:
        return wilson(tally.total, tally.settled, alpha)
    if tally.settled < 2:
        return None
    return mean_interval(tally.mean, tally.variance, tally.settled, alpha)
