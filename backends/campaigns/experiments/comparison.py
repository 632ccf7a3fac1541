"""Each arm against the control, by what the design asks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from backends.campaigns.experiments.design import CONVERSION, SEQUENTIAL, Design
from backends.campaigns.experiments.planning import mixture
from backends.campaigns.experiments.statistics import sequential
from backends.campaigns.experiments.statistics.adaptive import Cell, adaptively_weighted
from backends.campaigns.experiments.statistics.intervals import (
    Interval,
    newcombe,
    two_proportions_p,
    welch,
)
from backends.campaigns.experiments.tally import Tally, own_interval


@dataclass(frozen=True)
class Comparison:
    """An arm against the control.

    Attributes:
        lift: the difference, with the interval that the decision is made by: its level is 1 - alpha
            shared among the comparisons; by a sequential rule it holds whenever one looks.
        relative: the same as a part of the control's value (delta method on the log of the ratio;
            Katz et al., Biometrics 34, 1978); None when a value is not above 0.
        p: p-value, before Bonferroni; by a sequential rule always valid.
    """

    lift: Interval
    relative: Interval | None
    p: float


@dataclass(frozen=True)
class _Estimates:
    means: Sequence[float]
    covariance: Sequence[Sequence[float]]


Compared = tuple[list[Interval | None], list[Comparison | None]]


def compare(
    design: Design, tallies: Sequence[Tally], cells: Sequence[Cell] | None, planned: int
) -> Compared:
    """Estimate each arm's value, and its difference from the control's.

    Args:
        design: of the experiment.
        tallies: of each arm.
        cells: the data of a bandit; None when the arms' parts were fixed.
        planned: settled units that the design needs.

    Returns:
        The value of each arm with a 95 % interval, and each arm's comparison.
    """
    is_rate = design.measure == CONVERSION
    values = [own_interval(tally, is_rate) for tally in tallies]
    estimates = _plain(tallies, is_rate)
    if cells is not None:
        weighted = adaptively_weighted(cells, len(tallies))
        if weighted is None:
            return [None] * len(tallies), [None] * len(tallies)
        estimates = _Estimates(weighted.means.tolist(), weighted.covariance.tolist())
        if min(tally.settled for tally in tallies) >= 2:
            values = _normal_intervals(estimates)
    found = [
        None
        if place == design.control_place
        else _one(design, tallies, estimates, place, cells is not None, planned)
        for place in range(len(tallies))
    ]
    return values, found


def _plain(tallies: Sequence[Tally], is_rate: bool) -> _Estimates:
    """Means, and the variances of the means: of rates smoothed, so that none is 0 by chance."""
    variances = []
    for tally in tallies:
        of = max(tally.settled, 1)
        smooth = (tally.total + 0.5) / (tally.settled + 1)
        variances.append((smooth * (1 - smooth) if is_rate else tally.variance) / of)
    return _Estimates([tally.mean for tally in tallies], np.diag(variances).tolist())


def _normal_intervals(estimates: _Estimates) -> list[Interval | None]:
    z = float(norm.isf(0.025))
    found: list[Interval | None] = []
    for place, mean in enumerate(estimates.means):
        half = z * math.sqrt(max(0.0, estimates.covariance[place][place]))
        found.append(
            Interval(mean, min(mean, max(0.0, mean - half)), max(mean, min(1.0, mean + half)))
        )
    return found


def _one(
    design: Design,
    tallies: Sequence[Tally],
    estimates: _Estimates,
    place: int,
    is_adaptive: bool,
    planned: int,
) -> Comparison | None:
    control = design.control_place
    mine, other = tallies[place], tallies[control]
    if min(mine.settled, other.settled) < 2:
        return None
    spread = estimates.covariance
    variance = spread[place][place] + spread[control][control] - 2 * spread[place][control]
    apart = estimates.means[place] - estimates.means[control]
    if design.rule == SEQUENTIAL:
        if _is_early(design, mine, other) or variance <= 0:
            return None
        tau = mixture(design, planned, place)
        half = sequential.half_width(variance, tau, design.level)
        lift = Interval(apart, apart - half, apart + half)
        p = sequential.always_valid_p(apart, variance, tau)
    elif is_adaptive:
        if variance <= 0:
            return None
        half = float(norm.isf(design.level / 2)) * math.sqrt(variance)
        lift = Interval(apart, apart - half, apart + half)
        p = float(2 * norm.sf(abs(apart) / math.sqrt(variance)))
    elif design.measure == CONVERSION:
        tallied = (mine.total, mine.settled, other.total, other.settled)
        by_score, score_p = newcombe(*tallied, design.level), two_proportions_p(*tallied)
        assert by_score is not None
        assert score_p is not None
        lift, p = by_score, score_p
    else:
        lift, p = welch(
            mine.mean, mine.variance, mine.settled,
            other.mean, other.variance, other.settled, design.level,
        )  # fmt: skip
    relative = _relative(design, estimates, place, lift, variance)
    if design.measure == CONVERSION:
        # Two rates are never further apart.
        lift = Interval(lift.estimate, max(-1.0, lift.low), min(1.0, lift.high))
    return Comparison(lift, relative, p)


def _is_early(design: Design, mine: Tally, other: Tally) -> bool:
    """Whether a sequential rule must not look yet."""
    if min(mine.settled, other.settled) < sequential.LEAST_UNITS:
        return True
    if design.measure != CONVERSION:
        return False
    successes = mine.total + other.total
    failures = mine.settled + other.settled - successes
    return min(successes, failures) < sequential.LEAST_EVENTS


def _relative(
    design: Design, estimates: _Estimates, place: int, lift: Interval, variance: float
) -> Interval | None:
    control = design.control_place
    mean, base = estimates.means[place], estimates.means[control]
    if mean <= 0 or base <= 0 or variance <= 0:
        return None
    spread = estimates.covariance
    log_variance = (
        spread[place][place] / mean**2
        + spread[control][control] / base**2
        - 2 * spread[place][control] / (mean * base)
    )
    # As many standard errors as the difference itself has.
    factor = (lift.high - lift.low) / (2 * math.sqrt(variance))
    half, middle = factor * math.sqrt(max(0.0, log_variance)), math.log(mean / base)
    if middle + half > 50:
        return None
    return Interval(mean / base - 1, math.exp(middle - half) - 1, math.exp(middle + half) - 1)
