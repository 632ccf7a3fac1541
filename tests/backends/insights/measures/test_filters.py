"""Filters as people type them."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.clock import today
from backends.errors import ApiError
from backends.insights.measures.filters import Filters, check_segment, read_filters


def test_days_are_read_and_both_are_included():
    found = read_filters("2026-02-27", "2026-03-01", channel="wechat")
    assert found == Filters(date(2026, 2, 27), date(2026, 3, 1), channel="wechat")
    assert [day.day for day in found.days] == [27, 28, 1]


def test_without_days_the_last_thirty_are_meant():
    found = read_filters()
    assert found.last == today()
    assert len(found.days) == 30
    assert len(read_filters(last="2026-03-01").days) == 30
    begun = today() - timedelta(days=3)
    assert read_filters(first=str(begun)) == Filters(begun, today())


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-03-02", "2026-03-01"),
        ("2026-02-30", None),
        ("yesterday", None),
        ("", None),
        (None, "2026-3-1"),
        ("0001-01-01", "0001-01-02"),
        ("9999-12-31", "9999-12-31"),
        ("2022-01-01", "2025-02-01"),
        ("２０２６-01-01", None),
    ],
)
def test_wrong_dates_are_refused_in_one_sentence(first, last):
    with pytest.raises(ApiError) as refused:
        read_filters(first, last)
    assert (refused.value.status, refused.value.code) == (422, "invalid_dates")
    assert refused.value.message.endswith(".")


def test_three_years_can_be_asked_for():
    assert len(read_filters("2023-01-01", "2025-12-31").days) == 3 * 365 + 1


TYPED = st.none() | st.text(max_size=80)


@given(st.none() | st.dates().map(str), st.none() | st.dates().map(str), st.tuples(*[TYPED] * 4))
def test_whatever_is_typed_is_read_or_refused(first, last, names):
    with contextlib.suppress(ApiError):
        found = read_filters(first, last, *names)
        assert found.first <= found.last
        assert len(found.days) <= 3 * 366
        for name in (found.channel, found.language, found.segment, found.model):
            assert "\x00" not in name
            name.encode()


@given(TYPED, TYPED)
def test_no_text_breaks_the_reading_of_days(first, last):
    with contextlib.suppress(ApiError):
        assert read_filters(first, last).first


def test_a_segment_must_be_one_that_there_is():
    check_segment(read_filters(segment="buyers"), ["buyers"])
    check_segment(read_filters(), [])
    check_segment(read_filters(segment="-"), [])
    with pytest.raises(ApiError) as refused:
        check_segment(read_filters(segment="byers"), ["buyers"])
    assert (refused.value.status, refused.value.code) == (422, "unknown_segment")
