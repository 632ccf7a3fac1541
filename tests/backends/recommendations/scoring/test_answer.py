"""Scores are exactly those asked for, or the answer is dropped."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.recommendations.scoring.answer import parse_scores
from backends.recommendations.scoring.errors import ScoringError


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ('{"1": 0.7, "2": 0.05}', [0.7, 0.05]),
        ('\n {"2":1,"1":0}', [0.0, 1.0]),
        ('{"1": 1e-3, "2": 1.0}', [0.001, 1.0]),
    ],
)
def test_scores_come_in_the_order_of_the_products(text, scores):
    assert parse_scores(text, 2) == scores


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "0.5",
        "[0.7, 0.05]",
        '{"1": 0.7}',
        '{"1": 0.7, "2": 0.05, "3": 0.1}',
        '{"1": 0.7, "3": 0.05}',
        '{"01": 0.7, "2": 0.05}',
        '{"1": 0.7, "1": 0.6, "2": 0.05}',
        '{"scores": {"1": 0.7, "2": 0.05}}',
        '{"1": 0.7, "2": NaN}',
        '{"1": 0.7, "2": Infinity}',
        '{"1": 0.7, "2": -Infinity}',
        '{"1": 0.7, "2": 1e999}',
        '{"1": 0.7, "2": 1.01}',
        '{"1": 0.7, "2": -0.01}',
        '{"1": 0.7, "2": "0.5"}',
        '{"1": 0.7, "2": true}',
        '{"1": 0.7, "2": null}',
        '{"1": 0.7, "2": [0.5]}',
        '{"1": 0.7, "2": %s}' % ("9" * 1_000_000),
        '{"1": 0.7, "2": 0.05} hope this helps',
        'Scores: {"1": 0.7, "2": 0.05}',
        '```json\n{"1": 0.7, "2": 0.05}\n```',
        '{"1": 0.7, "2": 0.05} {}',
        "{'1': 0.7, '2': 0.05}",
        '{"1": 0.7, "2": 0.05,}',
        '{"1": 0.7, "2": 0.0',
        "[" * 100_000,
    ],
)
def test_anything_else_is_dropped_and_not_quoted(text):
    with pytest.raises(ScoringError) as error:
        parse_scores(text, 2)
    assert error.value.kind == "bad_answer"
    assert "0.7" not in str(error.value)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_whatever_scores_there_are_they_are_read(scores):
    text = json.dumps({str(number): score for number, score in enumerate(scores, 1)})
    assert parse_scores(text, len(scores)) == scores
