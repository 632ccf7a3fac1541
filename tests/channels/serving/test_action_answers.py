"""The check of actions' answers: as strict as Rasa's own, and without its price."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from xiaoer.channels.serving import read_schema_once

OWN = RemoteAction._validate_action_result
ACTION = RemoteAction("action_any", None)

EVENTS = [
    {"event": "slot", "name": "size", "value": 42},
    {"event": "slot", "name": "size"},
    {"event": "slot", "timestamp": None, "name": "size", "value": None},
    {"event": "bot", "text": "您好", "data": {}},
    {"event": "user", "text": 7},
    {"event": "restart"},
    {"event": "no such event"},
    {"name": "size", "value": 42},
    "slot",
    None,
]
ANSWERS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "events": st.one_of(st.lists(st.sampled_from(EVENTS), max_size=4), st.none()),
            "responses": st.one_of(
                st.lists(st.sampled_from([{"text": "您好"}, {}, "text", 3]), max_size=3),
                st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
            ),
            "more": st.integers(),
        },
    ),
    st.sampled_from([[], "", 3, None]),
)


@pytest.fixture(scope="module", autouse=True)
def ours() -> Iterator[Callable[..., bool]]:
    read_schema_once()
    yield RemoteAction._validate_action_result
    RemoteAction._validate_action_result = OWN


def outcome(check: Callable[..., bool], answer: Any) -> Any:
    try:
        return check(ACTION, answer)
    except ValidationError as error:
        return error.message


@given(answer=ANSWERS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_accepts_refuses_and_says_what_rasa_does(ours: Callable[..., bool], answer: Any) -> None:
    assert outcome(ours, answer) == outcome(OWN, answer)


def test_the_examples_hold_both_kinds(ours: Callable[..., bool]) -> None:
    assert outcome(ours, {"events": [EVENTS[0]], "responses": [{"text": "您好"}]}) is True
    assert "action server" in outcome(ours, {"events": [{"name": "size"}]}).lower()


def test_costs_a_small_part_of_rasas_own(ours: Callable[..., bool]) -> None:
    answer = {"events": EVENTS[:1], "responses": [{"text": "您好"}]}

    def processor_seconds(check: Callable[..., bool]) -> float:
        started = time.process_time()
        for _ in range(10):
            check(ACTION, answer)
        return time.process_time() - started

    ours(ACTION, answer)
    assert processor_seconds(ours) < processor_seconds(OWN) / 5
