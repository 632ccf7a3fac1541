"""Rules of the YAML files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.customers.profiles.conditions import parse_rule

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


def rule(**conditions):
    return parse_rule(conditions, lambda name: name != "unknown")


@given(NUMBERS, NUMBERS)
def test_bounds_mean_what_they_say(value, bound):
    for sign, expected in {
        ">=": value >= bound,
        "<=": value <= bound,
        ">": value > bound,
        "<": value < bound,
        "=": value == bound,
    }.items():
        assert rule(days=f"{sign} {bound:.3f}").holds({"days": value}) is expected


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_range_holds_at_both_its_ends_and_between(value, one, other):
    low, high = sorted((one, other))
    assert rule(days=f"{low:.3f} .. {high:.3f}").holds({"days": value}) is (low <= value <= high)


def test_all_conditions_must_hold_and_what_is_not_known_holds_nothing():
    both = rule(days="<= 30", orders=">= 2")
    assert both.holds({"days": 30, "orders": 2})
    assert not both.holds({"days": 31, "orders": 2})
    assert not both.holds({"days": 3})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, "must be a mapping"),
        ("recency_days <= 3", "must be a mapping"),
        ({"unknown": "> 1"}, "knows no 'unknown'"),
        ({3: "> 1"}, "knows no 3"),
        ({"days": "often"}, 'days: "often" is no bound'),
        ({"days": 4}, 'days: "4" is no bound'),
        ({"days": "5 .. 2"}, "is empty"),
        ({"days": "> nan"}, "is no bound"),
    ],
)
def test_a_mistake_is_named(written, said):
    with pytest.raises(ValueError, match=said):
        parse_rule(written, lambda name: name == "days")
