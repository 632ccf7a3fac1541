"""The longest match wins, wherever its pattern comes from."""

import datetime
import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.nlu.pattern_ruler import PatternRuler

TODAY = datetime.date(2026, 10, 14)
NAMES = st.text("甲乙丙丁", min_size=1, max_size=4)


def found(rows, text):
    return [
        (each["entity"], each["text"], each["value"])
        for each in PatternRuler(rows).find(text, TODAY)
    ]


def row(label, kind, name):
    """A row that finds `name`, in one of the three ways in which a pattern is written."""
    if kind == "tokens":
        return {"label": label, "pattern": [{"TEXT": one} for one in name]}
    return {"label": label, "regex" if kind == "regex" else "pattern": name}


KINDS = st.sampled_from(["name", "tokens", "regex"])


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(KINDS, NAMES), min_size=1, max_size=6, unique_by=lambda each: each[1]),
    st.text("甲乙丙丁，", max_size=20),
)
def test_what_is_left_out_overlaps_something_as_long(names, text):
    rows = [row(f"e{i}", kind, name) for i, (kind, name) in enumerate(names)]
    chosen = [(each["start"], each["end"]) for each in PatternRuler(rows).find(text, TODAY)]
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(chosen))
    for kind, name in names:
        for start in _places(kind, name, text):
            end = start + len(name)
            assert any(a < end and start < b and b - a >= end - start for a, b in chosen), (
                f"{name} at {start} is lost"
            )


def _places(kind, name, text):
    start = text.find(name)
    while start >= 0:
        yield start
        # A regular expression goes on behind its last match.
        start = text.find(name, start + (len(name) if kind == "regex" else 1))


def test_length_is_counted_in_characters():
    # three tokens of three characters, two of eleven
    rows = [row("short", "name", "壳手机"), row("long", "name", "smartphone壳")]
    assert found(rows, "smartphone壳手机") == [("long", "smartphone壳", "smartphone壳")]


@pytest.mark.parametrize("kinds", itertools.permutations(["name", "tokens", "regex"], 2))
def test_of_equal_ones_the_earlier_row_wins(kinds):
    rows = [row(f"e{i}", kind, "甲乙") for i, kind in enumerate(kinds)]
    assert found(rows, "甲乙") == [("e0", "甲乙", "甲乙")]
    assert found(rows[::-1], "甲乙") == [("e1", "甲乙", "甲乙")]


def test_a_shield_keeps_shorter_ones_off():
    rows = [row("-", "regex", "手机号"), row("category", "name", "手机")]
    assert found(rows, "手机号") == []
    assert found(rows, "手机") == [("category", "手机", "手机")]


def test_what_is_no_value_keeps_shorter_ones_off():
    rows = [{"label": "date", "find": "dates"}, row("x", "regex", "30日")]
    assert found(rows, "2月30日") == []
    assert found(rows, "30日") == [("x", "30日", "30日")]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        (" 7。", [("n", "7", "7")]),
        ("7 a1", [("n", "7", "7"), ("code", "a1", "a1")]),
        ("7 b1", []),
        ("7 a1 b", [("code", "a1", "a1")]),
        ("x7", []),
    ],
)
def test_the_whole_message(text, entities):
    rows = [
        {"label": "n", "regex": r"\b\d\b", "whole_message": ["code"]},
        {"label": "code", "regex": r"\ba\d\b"},
    ]
    assert found(rows, text) == entities


def test_a_pattern_that_matches_nothing_gives_nothing():
    assert found([{"label": "x", "regex": "甲*"}, {"label": "y", "regex": "$"}], "乙") == []
    assert found([], "乙") == []
    assert found([row("x", "name", "甲")], "") == []


def test_each_kind_of_regex_error_is_a_value_error():
    for wrong in ("(", "[a", "(?P<1>a)", "*"):
        with pytest.raises(ValueError, match="no regular expression"):
            PatternRuler([{"label": "x", "regex": wrong}])


def test_thousands_of_names_do_not_slow_it():
    names = ("".join(each) for each in itertools.product("甲乙丙丁戊己庚辛", repeat=4))
    ruler = PatternRuler([row("x", "name", name) for name in names])
    text = "甲乙丙丁" * 100
    ruler.find(text, TODAY)
    start = time.process_time()
    assert len(ruler.find(text, TODAY)) == 100
    assert time.process_time() - start < 0.5
