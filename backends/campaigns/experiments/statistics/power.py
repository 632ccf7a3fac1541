"""How many customers an experiment needs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.stats import norm

from backends.campaigns.experiments.statistics.sequential import boundary_factor


def critical_factor(alpha: float, comparisons: int, sequential: bool) -> float:
    """How many standard errors an effect must be from nothing to count as shown.

    Args:
        alpha: two-sided type I error of the whole experiment.
        comparisons: arms compared with the control; Bonferroni shares alpha among them.
        sequential: whether the rule allows looking at any time, which needs a wider bound.
    """
    level = alpha / comparisons
    return boundary_factor(level) if sequential else float(norm.isf(level / 2))


def proportions_size(
    baseline: float, effect: float, factor: float, power: float, ratio: float = 1.0
) -> float:
    """How many units of the control are needed to show a difference of two proportions.

    With p1 the baseline, p2 = p1 + effect, q = 1 - p, r units of the arm for each of the control
    and p the mean (p1 + r p2) / (r + 1):

        n1 = (factor sqrt((r + 1) p q) + z_power sqrt(r p1 q1 + p2 q2))^2 / (r effect^2)

    Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd edition,
    2003, sections 4.2 and 4.4 (without the correction for continuity); for r = 1 it is what R's
    ``power.prop.test`` solves.

    Args:
        baseline: success rate of the control, between 0 and 1.
        effect: the smallest difference that is to be found, not 0.
        factor: see `critical_factor`.
        power: chance to find it.
        ratio: r.
    """
    other = baseline + effect
    mean = (baseline + ratio * other) / (1 + ratio)
    beta = float(norm.ppf(power))
    apart = factor * math.sqrt((1 + ratio) * mean * (1 - mean)) + beta * math.sqrt(
        ratio * baseline * (1 - baseline) + other * (1 - other)
    )
    return apart**2 / (ratio * effect**2)


def means_size(
    deviation: float, effect: float, factor: float, power: float, ratio: float = 1.0
) -> float:
    """How many units of the control are needed to show a difference of two means.

    n1 = (1 + 1 / r) (deviation (factor + z_power) / effect)^2; source: the same, of the normal
    approximation (Chow, Shao and Wang, Sample Size Calculations in Clinical Research, 2008, 3.2).

    Args:
        deviation: standard deviation of one unit's value, the same in both arms.
        effect: the smallest difference of the means that is to be found.
        factor, power, ratio: as in `proportions_size`.
    """
    return (1 + 1 / ratio) * (deviation * (factor + float(norm.ppf(power))) / effect) ** 2


def whole_size(shares: Sequence[float], control: int, of_control: Sequence[float]) -> int:
    """How many units all arms need together so that each comparison has its power.

    Args:
        shares: of each arm; they sum to 1.
        control: the place of the control among them.
        of_control: units of the control that each other arm's comparison needs, in their order.
    """
    return max(math.ceil(needed / shares[control] - 1e-9) for needed in of_control)
