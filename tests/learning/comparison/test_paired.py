"""Statistics of paired answers, against other ways to the same numbers."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from xiaoer.learning.comparison.paired import (
    bootstrap_interval,
    compare,
    macro_f1,
    mcnemar,
    score_interval,
)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_sum_of_binomial_tails(won: int, lost: int) -> None:
    n = won + lost
    tail = sum(comb(n, k) for k in range(min(won, lost) + 1)) / 2**n
    assert mcnemar(won, lost) == pytest.approx(min(1.0, 2 * tail))


def _profile(difference: float, won: int, lost: int, of: int) -> float:
    """Tango's statistic by a search for the likeliest shares under that difference."""
    grid = np.linspace(max(0.0, -difference), min(1.0, (1 - difference) / 2 + 0.5), 400_001)
    first, second = grid + difference, grid  # shares won and lost
    rest = 1 - first - second
    fine = (first >= 0) & (second >= 0) & (rest >= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(won > 0, won * np.log(first), 0.0)
        score = score + np.where(lost > 0, lost * np.log(second), 0.0)
        score = score + np.where(of > won + lost, (of - won - lost) * np.log(rest), 0.0)
    best = grid[np.nanargmax(np.where(fine, score, -np.inf))]
    variance = of * (2 * best + difference - difference**2)
    return (won - lost - of * difference) / np.sqrt(variance)


@pytest.mark.parametrize(
    ("won", "lost", "of"), [(5, 2, 40), (0, 3, 25), (12, 12, 100), (1, 0, 10), (30, 8, 60)]
)
def test_at_the_ends_of_the_interval_the_score_is_at_its_quantile(
    won: int, lost: int, of: int
) -> None:
    low, high = score_interval(won, lost, of)
    assert low < (won - lost) / of < high
    assert _profile(low, won, lost, of) == pytest.approx(1.96, abs=0.01)
    assert _profile(high, won, lost, of) == pytest.approx(-1.96, abs=0.01)


def test_without_a_difference_the_interval_goes_by_the_number_of_messages() -> None:
    for of in (10, 100, 1000):
        low, high = score_interval(0, 0, of)
        assert high == pytest.approx(3.8415 / (of + 3.8415), rel=1e-3)
        assert low == pytest.approx(-high)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.data())
def test_exchanging_the_models_mirrors_the_interval(of: int, data: st.DataObject) -> None:
    won = data.draw(st.integers(0, of))
    lost = data.draw(st.integers(0, of - won))
    low, high = score_interval(won, lost, of)
    assert -1 <= low <= (won - lost) / of + 1e-9
    assert (won - lost) / of - 1e-9 <= high <= 1
    mirrored = score_interval(lost, won, of)
    assert mirrored == pytest.approx((-high, -low), abs=1e-6)


def test_the_interval_holds_the_truth_in_95_of_100_samples() -> None:
    random = np.random.default_rng(5)
    won, lost, of = 0.08, 0.05, 120
    drawn = random.multinomial(of, [won, lost, 1 - won - lost], size=4000)[:, :2].tolist()
    ends = {(w, b): score_interval(w, b, of) for w, b in set(map(tuple, drawn))}
    inside = [ends[w, b][0] <= won - lost <= ends[w, b][1] for w, b in drawn]
    assert 0.93 <= np.mean(inside) <= 0.97


def test_the_bootstrap_agrees_where_there_are_many_messages() -> None:
    random = np.random.default_rng(3)
    first = random.random(3000) < 0.8
    second = np.where(random.random(3000) < 0.1, ~first, first)
    found = compare(list(first), list(second))
    difference: np.ndarray = second.astype(float) - first
    low, high = bootstrap_interval(lambda rows: float(difference[rows].mean()), 3000, 1)
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=0.2)
    assert found.won - found.lost == found.challenger - found.champion


@settings(max_examples=4, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("abcd"), st.sampled_from("abcd")),
        min_size=3,
        max_size=25,
    )
)
def test_macro_f1_is_that_of_scikit_learn(rows: list[tuple[str, str, str]]) -> None:
    wanted, first, second = (list(column) for column in zip(*rows, strict=True))
    found = macro_f1(wanted, first, second, 1)
    labels = sorted(set(wanted))
    for value, predicted in ((found.champion, first), (found.challenger, second)):
        real = f1_score(wanted, predicted, labels=labels, average="macro", zero_division=0)
        assert value == pytest.approx(100 * real)
    assert found.low <= found.high


def test_models_that_answered_different_messages_are_refused() -> None:
    with pytest.raises(ValueError):
        compare([True], [True, False])
    with pytest.raises(ValueError):
        compare([], [])
