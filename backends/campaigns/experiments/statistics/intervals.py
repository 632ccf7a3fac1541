"""Intervals of rates, means, and their differences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm, t


@dataclass(frozen=True)
class Interval:
    """An estimate and its interval."""

    estimate: float
    low: float
    high: float

    @property
    def shows_a_difference(self) -> bool:
        """Whether 0 lies outside."""
        return self.low > 0 or self.high < 0


def wilson(successes: float, of: float, alpha: float = 0.05) -> Interval | None:
    """A rate with the score interval; None of nothing.

    Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference, Journal of
    the American Statistical Association 22 (1927).

    Args:
        successes: how many.
        of: units.
        alpha: 1 - the interval's level.
    """
    if of <= 0:
        return None
    z = float(norm.isf(alpha / 2))
    rate = successes / of
    middle = (rate + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Interval(rate, max(0.0, min(rate, middle - half)), min(1.0, max(rate, middle + half)))


def newcombe(
    successes: float, of: float, control_successes: float, control_of: float, alpha: float
) -> Interval | None:
    """The difference of two rates with the hybrid score interval; None when an arm is empty.

    Source: Newcombe, Interval Estimation for the Difference between Independent Proportions,
    Statistics in Medicine 17 (1998), method 10.
    """
    one, other = wilson(successes, of, alpha), wilson(control_successes, control_of, alpha)
    if one is None or other is None:
        return None
    apart = one.estimate - other.estimate
    down = math.hypot(one.estimate - one.low, other.high - other.estimate)
    up = math.hypot(one.high - one.estimate, other.estimate - other.low)
    return Interval(apart, apart - down, apart + up)


def two_proportions_p(
    successes: float, of: float, control_successes: float, control_of: float
) -> float | None:
    """The two-sided p-value of equal rates: the score (pooled z) test, chi-square with 1 degree."""
    if of <= 0 or control_of <= 0:
        return None
    pooled = (successes + control_successes) / (of + control_of)
    variance = pooled * (1 - pooled) * (1 / of + 1 / control_of)
    if variance <= 0:
        return 1.0
    z = (successes / of - control_successes / control_of) / math.sqrt(variance)
    return float(2 * norm.sf(abs(z)))


def mean_interval(mean: float, variance: float, of: float, alpha: float) -> Interval:
    """A mean with Student's interval.

    Args:
        mean: of the values.
        variance: of one value, unbiased.
        of: how many, 2 or more.
        alpha: 1 - the interval's level.
    """
    half = float(t.isf(alpha / 2, of - 1)) * math.sqrt(variance / of)
    return Interval(mean, mean - half, mean + half)


def welch(
    mean: float,
    variance: float,
    of: float,
    control_mean: float,
    control_variance: float,
    control_of: float,
    alpha: float,
) -> tuple[Interval, float]:
    """The difference of two means with its interval, and the two-sided p-value.

    Source: Welch, The Generalization of Student's Problem when Several Different Population
    Variances are Involved, Biometrika 34 (1947).

    Args:
        mean, variance, of: of one arm, the variance unbiased, 2 or more values.
        control_mean, control_variance, control_of: of the control.
        alpha: 1 - the interval's level.
    """
    a, b = variance / of, control_variance / control_of
    apart = mean - control_mean
    if a + b <= 0:
        return Interval(apart, apart, apart), (1.0 if apart == 0 else 0.0)
    freedom = (a + b) ** 2 / (a * a / (of - 1) + b * b / (control_of - 1))
    error = math.sqrt(a + b)
    half = float(t.isf(alpha / 2, freedom)) * error
    return Interval(apart, apart - half, apart + half), float(2 * t.sf(abs(apart) / error, freedom))
