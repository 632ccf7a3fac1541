import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nlu.sequences import allowed
from xiaoer.nlu.tagging import (
    Edges,
    EntityType,
    Span,
    entities_of,
    going_on,
    spans_of,
    tags_of,
)

TYPES = [EntityType("price", "max"), EntityType("price", "min"), EntityType("product")]


def test_spans() -> None:
    assert spans_of([0, 1, 2, 1, 0, 3, 6]) == [
        Span(1, 2, 0),
        Span(3, 3, 0),
        Span(5, 5, 1),
        Span(6, 6, 2),
    ]


def test_tags_and_back_with_roles() -> None:
    text = "500到1000的耳机"
    offsets = np.array([[0, 3], [3, 4], [4, 8], [8, 9], [9, 11]])
    entities = [
        {"entity": "price", "role": "min", "start": 0, "end": 3},
        {"entity": "price", "role": "max", "start": 4, "end": 8},
        {"entity": "product", "start": 9, "end": 11},
    ]
    tags = tags_of(offsets, entities, TYPES)
    assert tags.tolist() == [3, 0, 1, 0, 5]
    probabilities = np.full((5, 7), 0.02, np.float32)
    probabilities[np.arange(5), tags] = 0.88
    found = entities_of(text, offsets, tags, probabilities, TYPES, Edges())
    assert [(e["value"], e["entity"], e.get("role")) for e in found] == [
        ("500", "price", "min"),
        ("1000", "price", "max"),
        ("耳机", "product", None),
    ]
    assert found[0]["confidence_entity"] == pytest.approx(0.94)
    assert found[0]["confidence_role"] == pytest.approx(0.90)
    assert "confidence_role" not in found[2]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(1, 8), st.sampled_from(TYPES)), max_size=5)
)
def test_whatever_overlaps_the_sequence_is_allowed(drawn: list) -> None:
    offsets = np.array([[at, at + 1] for at in range(8)])
    entities = [
        {"entity": kind.entity, "role": kind.role, "start": start, "end": start + length}
        for start, length, kind in drawn
    ]
    assert allowed(tuple(tags_of(offsets, entities, TYPES).tolist()))


def test_subword_that_runs_over_the_edge() -> None:
    text = "买的衣服不合适"
    offsets = np.array([[0, 1], [1, 4], [4, 5], [5, 7]])
    entity = {"entity": "product", "start": 2, "end": 4}
    edges = Edges.learn([(text, offsets, [entity])])
    assert edges.before == {"的"}
    tags = tags_of(offsets, [entity], TYPES)
    assert tags.tolist() == [0, 5, 0, 0]
    probabilities = np.eye(7, dtype=np.float32)[tags]
    (found,) = entities_of(text, offsets, tags, probabilities, TYPES, edges)
    assert (found["start"], found["end"], found["value"]) == (2, 4, "衣服")


def test_what_starts_an_entity_is_never_cut() -> None:
    examples = [
        ("打的衣服", np.array([[0, 1], [1, 4]]), [{"entity": "product", "start": 2, "end": 4}]),
        ("的士", np.array([[0, 2]]), [{"entity": "product", "start": 0, "end": 2}]),
    ]
    assert Edges.learn(examples).before == set()


def test_what_goes_on_begins_nothing() -> None:
    assert going_on(np.array([0, 1, 2, 3, 4])).tolist() == [0, 2, 2, 4, 4]


def test_two_entities_in_one_subword_give_it_to_the_first() -> None:
    entities = [
        {"entity": "product", "start": 0, "end": 1},
        {"entity": "price", "role": "max", "start": 1, "end": 4},
    ]
    assert tags_of(np.array([[0, 2], [2, 4]]), entities, TYPES).tolist() == [5, 1]
