"""Whether the arms have as many units as they should."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import chi2

#: Below it something is wrong with the assignment, and no result is to be believed. Source:
#: Fabijan et al., Diagnosing Sample Ratio Mismatch in Online Controlled Experiments, KDD 2019.
TOO_UNLIKELY = 0.001


def mismatch_p(counts: Sequence[float], expected: Sequence[float]) -> float | None:
    """The p-value of the chi-square test that counts are those expected; None of nothing.

    Args:
        counts: units in each arm.
        expected: how many should be there; their sum is that of the counts.
    """
    pairs = [(count, mean) for count, mean in zip(counts, expected, strict=True) if mean > 0]
    if sum(counts) <= 0 or len(pairs) < 2:
        return None
    statistic = sum((count - mean) ** 2 / mean for count, mean in pairs)
    return float(chi2.sf(statistic, len(pairs) - 1))
