"""Reading days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.console.insights.periods import DEFAULT, PERIODS, dates_of, period_dates
from backends.insights.measures.filters import MOST_DAYS

DAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("period", "first"),
    [("7", date(2026, 11, 20)), ("30", date(2026, 10, 28)), ("90", date(2026, 8, 29)),
     ("month", date(2026, 11, 1))],
)  # fmt: skip
def test_periods_end_today(period, first):
    found, problem = dates_of(period, "", "", DAY)
    assert (found.first, found.last, found.period, problem) == (first, DAY, period, None)


@given(st.dates(date(2000, 1, 1), DAY), st.integers(0, MOST_DAYS - 1), st.sampled_from(PERIODS))
def test_dates_go_before_a_period(first, more, period):
    last = first + timedelta(days=more)
    found, problem = dates_of(period, str(first), str(last), DAY)
    assert problem is None
    assert (found.first, found.last) == (first, last)
    assert found.days == more + 1
    assert found.period == (period if found.first == period_dates(period, DAY).first
                            and last == DAY else "")  # fmt: skip


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=6))
def test_whatever_is_typed_gives_days(first, last, period):
    found, problem = dates_of(period, first, last, DAY)
    assert found.first <= found.last
    assert found.days <= MOST_DAYS
    if problem:
        default = period_dates(DEFAULT, DAY)
        assert (found.first, found.last) == (default.first, default.last)


def test_one_date_alone():
    assert dates_of("", "2026-11-01", "", DAY)[0].last == DAY
    alone, problem = dates_of("", "", "2026-03-31", DAY)
    assert (alone.first, alone.days, problem) == (date(2026, 3, 2), 30, None)


def test_the_longest_range():
    first = DAY - timedelta(days=MOST_DAYS - 1)
    assert dates_of("", str(first), str(DAY), DAY)[1] is None
    _, problem = dates_of("", str(first - timedelta(days=1)), str(DAY), DAY)
    assert problem.code == "long"
