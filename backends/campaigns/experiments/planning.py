"""How many units a design needs, and how many days that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from backends.campaigns.experiments.design import CONVERSION, SEQUENTIAL, Design
from backends.campaigns.experiments.statistics.power import (
    critical_factor,
    means_size,
    proportions_size,
    whole_size,
)
from backends.campaigns.experiments.statistics.sequential import planned_ratio


@dataclass(frozen=True)
class Plan:
    """What a design needs.

    Attributes:
        units: of all arms together, not held out, with a known outcome. By the sequential rule it
            is the most: it may be decided earlier.
        with_holdout: units that must come, so that those are left.
    """

    units: int
    with_holdout: int

    def days(self, per_day: float, window_hours: int) -> int:
        """About how many days it takes when so many units come each day."""
        return math.ceil(self.with_holdout / per_day + window_hours / 24)


def plan(design: Design) -> Plan:
    """The power calculation of a checked design; a bandit is planned with equal parts."""
    factor = critical_factor(design.alpha, design.comparisons, design.rule == SEQUENTIAL)
    shares, control = design.shares, design.control_place
    needed = []
    for place, share in enumerate(shares):
        if place == control:
            continue
        ratio = share / shares[control]
        if design.measure == CONVERSION:
            size = proportions_size(design.baseline, design.effect, factor, design.power, ratio)
        else:
            size = means_size(design.deviation or 0, design.effect, factor, design.power, ratio)
        needed.append(size)
    units = max(whole_size(shares, control, needed), 2 * len(shares))
    return Plan(units, math.ceil(units / (1 - design.holdout)))


def mixture(design: Design, units: int, arm: int) -> float:
    """tau^2 of an arm's comparison: what makes its sequence narrowest at the planned size."""
    shares, control = design.shares, design.control_place
    if design.measure == CONVERSION:
        variance = design.baseline * (1 - design.baseline)
    else:
        variance = (design.deviation or 0) ** 2
    planned = variance * (1 / (units * shares[arm]) + 1 / (units * shares[control]))
    return planned * planned_ratio(design.level)
