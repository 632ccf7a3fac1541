"""Whatever a broker gives is counted, nothing of it stops the rest, and nothing bad is stored."""

import json
import math
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.insights.events.preparing import prepare
from tests.backends.insights.events.happening import (
    Talk,
    conversations,
    taken_raw,
    turns,
)


def event(**changes):
    known = {
        "sender_id": "bad",
        "event": "user",
        "timestamp": time.time() - 60,
        "text": "你好",
        "input_channel": "rest",
        "parse_data": {"intent": {"name": "greet", "confidence": 0.9}},
        "metadata": {},
    }
    return {name: value for name, value in {**known, **changes}.items() if value != "left out"}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "json"),
        (b"{", "json"),
        pytest.param(json.dumps(event()).encode()[:-20], "json", id="cut off"),
        (b"\xff\xfe", "json"),
        (None, "json"),
        (17, "json"),
        (b"[" * 100_000, "json"),
        (b"[]", "form"),
        (b'"text"', "form"),
        (event(event=None), "form"),
        (event(event=["user"]), "form"),
        (event(event=""), "form"),
        (event(sender_id="left out"), "sender"),
        (event(sender_id=7), "sender"),
        (event(sender_id=""), "sender"),
        (event(sender_id="x" * 256), "sender"),
        (event(sender_id="a\0b"), "sender"),
        (event(sender_id="a\ud800"), "sender"),
        (event(timestamp="left out"), "moment"),
        (event(timestamp=None), "moment"),
        (event(timestamp="1700000000"), "moment"),
        (event(timestamp=True), "moment"),
        (event(timestamp=math.nan), "moment"),
        (event(timestamp=math.inf), "moment"),
        (event(timestamp=-1), "moment"),
        (event(timestamp=0), "moment"),
        (event(timestamp=10**400), "moment"),
        (event(timestamp=time.time() * 1000), "moment"),
        (event(timestamp=time.time() + 3 * 86_400), "moment"),
        (event(text=["你好"]), "text"),
        (event(text=None, parse_data=None), "text"),
        (event(event="bot", text={"a": 1}), "text"),
    ],
)
async def test_what_cannot_be_read_is_refused_and_the_rest_taken_in(database, raw, reason):
    good = Talk().session().user("你好").reply("a", "好").raws()
    bad = json.dumps(raw).encode() if isinstance(raw, dict) else raw
    counts = await taken_raw(database, [*good[:3], bad, *good[3:]])
    assert (dict(counts.refused), counts.taken_in) == ({reason: 1}, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"input_channel": None},
        {"input_channel": "a channel nobody knows " * 40},
        {"input_channel": {"a": 1}},
        {"parse_data": None},
        {"parse_data": []},
        {"parse_data": {"intent": "greet"}},
        {"parse_data": {"intent": {"name": 7, "confidence": "high"}}},
        {"parse_data": {"intent": {"name": "x" * 500, "confidence": math.nan}}},
        {"parse_data": {"intent": {"confidence": 10**400}, "entities": "none"}},
        {"parse_data": {"entities": [None, 1, {"entity": "a"}, {"entity": "b", "value": [1]}]}},
        {"parse_data": {"entities": [{"entity": "c", "value": "v", "start": -5, "end": 10**30}]}},
        {"parse_data": {"sentiment": {"label": "furious"}, "language": {"code": "fr"}}},
        {"metadata": "none"},
        {"metadata": {"model_id": ["m"]}},
        {"metadata": {"model_id": "m" * 500}},
        {"message_id": {"a": [1]}},
        {"text": "\0 and \ud83d and 好"},
        {"text": ""},
        {"text": "长" * 200_000},
        {"timestamp": int(time.time()) - 60},
    ],
)
async def test_what_is_strange_but_can_be_read_is_taken_in(database, changes):
    talk = Talk()
    given = event(**{"sender_id": talk.sender, **changes})
    counts = await taken_raw(database, [json.dumps(given)])
    assert counts.taken_in == 1
    (one,) = await turns(database, talk)
    assert len(one.text) <= 4000
    assert "\0" not in one.text
    assert one.confidence is None or 0 <= one.confidence <= 1


async def test_unknown_events_and_programs_say_nothing(database):
    names = ("form", "restart", "undo", "reminder", "followup", "a_kind_of_rasa_4")
    counts = await taken_raw(database, [json.dumps(event(event=name)) for name in names])
    assert (counts.irrelevant, counts.taken_in) == (6, 0)


async def test_a_clock_that_is_a_little_ahead_is_believed(database):
    talk = Talk(at=time.time() + 3000).session().user("你好").reply("a", "好")
    assert (await taken_raw(database, talk.raws())).taken_in == 2
    (one,) = await conversations(database, talk)
    assert one.answers == 1


async def test_a_clock_that_jumps_back_makes_no_negative_time(database):
    talk = Talk().session().user("你好")
    talk.at -= 600
    talk.reply("a", "好").user("还在吗").reply("a", "在")
    await taken_raw(database, talk.raws())
    found = await conversations(database, talk)
    assert sum(each.customer_turns + each.bot_turns for each in found) == 4
    assert all(each.answer_ms >= 0 and each.started_at <= each.last_at for each in found)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from(
    ["user", "bot", "action", "slot", "session_started", "rewind", "pause", "x"]
)
near = st.floats(time.time() - 9000, time.time())
events = st.fixed_dictionaries(
    {
        "sender_id": st.sampled_from(["h1", "h2"]) | values,
        "event": names,
        "timestamp": near | values,
    },
    optional={
        "text": st.text(max_size=30) | values,
        "parse_data": st.fixed_dictionaries(
            {},
            optional={
                "intent": st.fixed_dictionaries({"name": st.text(max_size=9)}) | values,
                "entities": st.lists(
                    st.fixed_dictionaries(
                        {"entity": st.text(max_size=5), "value": values},
                        optional={"start": st.integers(-2, 40), "end": st.integers(-2, 40)},
                    )
                )
                | values,
            },
        )
        | values,
        "metadata": values,
        "name": st.sampled_from(["handoff", "new_address", "action_listen"]) | values,
        "value": values,
        "input_channel": st.text(max_size=40) | values,
        "data": values,
    },
)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(given_events=st.lists(events | values, max_size=8))
def test_nothing_whatever_brings_reading_down(given_events):
    raws = [json.dumps(each) for each in given_events]
    done = prepare(raws, time.time())
    turns = sum(event.said is not None for each in done.senders.values() for event in each)
    refused = sum(done.refused.values())
    assert turns + done.repeated + done.irrelevant + refused == len(raws)
    for each in done.senders.values():
        for event in each:
            for entity in event.said.entities if event.said else ():
                assert 0 <= entity["start"] <= entity["end"] <= len(event.said.text)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_nothing_whatever_brings_storing_down(database, data):
    given_events = data.draw(st.lists(events, max_size=12))
    counts = await taken_raw(database, [json.dumps(each) for each in given_events])
    assert "unexpected" not in counts.refused
