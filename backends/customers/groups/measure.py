"""What is compared between groups: a measure, and its figure in one group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

#: A group of fewer customers is not reported: its figures say little, and may name somebody.
FEWEST = 10
#: A rate below this share of the best-off group's is a sign of adverse impact: the four-fifths
#: rule, 29 CFR 1607.4(D), https://www.ecfr.gov/current/title-29/section-1607.4
FOUR_FIFTHS = 0.8
_CONFIDENCE = 0.95

Observation = tuple[str, float]


@dataclass(frozen=True)
class Measure:
    """Something observed of customers.

    Attributes:
        name: what it is, for the report.
        unit: of its figures; ``share`` for a rate whose observations are 0 or 1.
        better: whether it is good for the customer to have more or less of it.
        observations: customer id and value, as many a customer as there were.
    """

    name: str
    unit: str
    better: Literal["higher", "lower"]
    observations: Sequence[Observation]


@dataclass(frozen=True)
class Figure:
    """A measure in one group.

    Attributes:
        group: its name.
        customers: how many the group's observations are of.
        count: how many observations.
        value: their mean; for a rate, the share.
        low, high: its 95 % interval.
        ratio: how it stands to the best-off group, 1 at best; None where that has no meaning.
        apart: whether its interval and that of the best-off group have nothing in common.
    """

    group: str
    customers: int
    count: int
    value: float
    low: float
    high: float
    ratio: float | None = None
    apart: bool = False

    @property
    def below_four_fifths(self) -> bool:
        """Whether the group fares worse than four fifths of the best-off one."""
        return self.ratio is not None and self.ratio < FOUR_FIFTHS


def compare(measure: Measure, groups: Mapping[str, str]) -> list[Figure]:
    """The measure in each group that is large enough, by the groups' names.

    Args:
        measure: what was observed.
        groups: group by customer id; observations of others are left out.
    """
    observed: dict[str, list[Observation]] = {}
    for customer_id, value in measure.observations:
        if customer_id in groups:
            observed.setdefault(groups[customer_id], []).append((customer_id, value))
    figures = [
        _figure(name, measure.unit, some)
        for name, some in sorted(observed.items())
        if len({customer_id for customer_id, _ in some}) >= FEWEST
    ]
    return relate(figures, measure.better)


def relate(figures: Iterable[Figure], better: Literal["higher", "lower"]) -> list[Figure]:
    """The same figures with their ratios to the best-off group."""
    known = list(figures)
    if not known:
        return []
    best = (max if better == "higher" else min)(known, key=lambda one: one.value)
    return [
        replace(
            one,
            ratio=_ratio(one.value, best.value)
            if better == "higher"
            else _ratio(best.value, one.value),
            apart=one.low > best.high or one.high < best.low,
        )
        for one in known
    ]


def _ratio(worse: float, better: float) -> float | None:
    """Of two figures, 1 when they are the same, 0 included."""
    if worse == better:
        return 1.0
    return worse / better if better else None


def _figure(group: str, unit: str, observed: Sequence[Observation]) -> Figure:
    values = [value for _, value in observed]
    mean = sum(values) / len(values)
    low, high = _share_interval(values) if unit == "share" else _mean_interval(values, mean)
    customers = len({customer_id for customer_id, _ in observed})
    return Figure(group, customers, len(values), mean, low, high)


def _share_interval(values: Sequence[float]) -> tuple[float, float]:
    """Wilson's score interval (1927), https://doi.org/10.1080/01621459.1927.10502953."""
    from scipy.stats import binomtest

    test = binomtest(round(sum(values)), len(values))
    found = test.proportion_ci(_CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)


def _mean_interval(values: Sequence[float], mean: float) -> tuple[float, float]:
    """Student's interval of a mean; all there is where the values do not differ."""
    from scipy.stats import sem, t

    error = float(sem(values))
    if not error:
        return mean, mean
    low, high = t.interval(_CONFIDENCE, len(values) - 1, loc=mean, scale=error)
    return float(low), float(high)
