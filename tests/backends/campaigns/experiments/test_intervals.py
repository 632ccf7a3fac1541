"""Intervals against published examples, other libraries, and their coverage."""

import numpy as np
import pytest
from scipy import stats

from backends.campaigns.experiments.statistics.balance import mismatch_p
from backends.campaigns.experiments.statistics.intervals import (
    mean_interval,
    newcombe,
    two_proportions_p,
    welch,
    wilson,
)


def test_wilson_as_scipy_has_it():
    for successes, of in ((0, 10), (3, 17), (81, 263), (10, 10), (1, 100_000)):
        found = wilson(successes, of)
        other = stats.binomtest(successes, of).proportion_ci(method="wilson")
        assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-9)
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe 1998, table II, method 10, examples (a) to (d).
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_newcombe_as_published(one, other, low, high):
    found = newcombe(*one, *other, 0.05)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_the_p_value_is_that_of_the_chi_square():
    for table in ((30, 100, 45, 110), (1, 1000, 9, 900), (5, 10, 5, 10)):
        won, of, other, other_of = table
        counts = [[won, of - won], [other, other_of - other]]
        expected = stats.chi2_contingency(counts, correction=False).pvalue
        assert two_proportions_p(*table) == pytest.approx(expected)
    assert two_proportions_p(0, 10, 0, 10) == 1.0
    assert two_proportions_p(0, 0, 1, 10) is None


def test_welch_as_scipy_has_it():
    rng = np.random.default_rng(3)
    mine, other = rng.exponential(20, 300), rng.exponential(15, 120)
    found, p = welch(mine.mean(), mine.var(ddof=1), 300, other.mean(), other.var(ddof=1), 120, 0.05)
    expected = stats.ttest_ind(mine, other, equal_var=False)
    assert p == pytest.approx(expected.pvalue)
    # A difference at the end of the interval is one whose p-value is alpha.
    for shift in (found.low, found.high):
        moved = stats.ttest_ind(mine - shift, other, equal_var=False)
        assert moved.pvalue == pytest.approx(0.05, abs=1e-6)
    one = mean_interval(mine.mean(), mine.var(ddof=1), 300, 0.05)
    low, high = stats.t.interval(0.95, 299, mine.mean(), stats.sem(mine))
    assert (one.low, one.high) == pytest.approx((low, high))


def test_nothing_but_zeros_is_no_difference():
    found, p = welch(0, 0, 10, 0, 0, 10, 0.05)
    assert (found.low, found.high, p) == (0, 0, 1.0)


def test_the_difference_is_covered_as_often_as_said():
    rng = np.random.default_rng(7)
    won, base = rng.binomial(400, 0.12, 3000), rng.binomial(200, 0.08, 3000)
    covered = [
        found.low <= 0.04 <= found.high
        for mine, other in zip(won, base, strict=True)
        for found in [newcombe(mine, 400, other, 200, 0.05)]
    ]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_a_mismatch_is_found_and_a_match_is_not():
    assert mismatch_p([5000, 5050], [5025, 5025]) > 0.3
    assert mismatch_p([5000, 5400], [5200, 5200]) < 0.001
    assert mismatch_p([821_588, 815_482], [818_535, 818_535]) < 2e-6
    assert mismatch_p([0, 0], [0, 0]) is None
