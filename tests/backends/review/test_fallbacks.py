"""Fallbacks written down, what came after them, and the list for review, over HTTP."""

import re
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta, timezone

import pytest

from tests.backends.review.conftest import FALLBACK

_OLD = (
    "INSERT INTO fallbacks (reference, channel, sender, language, question, outcome, said,"
    " passages, candidates, milliseconds, at)"
    " VALUES (?, 'rest', 'old', 'zh', 'q', 'unavailable', '', '[]', '[]', 1, ?)"
)


@pytest.fixture(scope="module")
def service(begin):
    """A server that found two old fallbacks in its database when it started."""

    def add_old(database):
        with closing(sqlite3.connect(database)) as connection, connection:
            for reference, days in (("FB000000000181", 181), ("FB000000000179", 179)):
                moment = datetime.now(timezone.utc) - timedelta(days=days)
                connection.execute(_OLD, (reference, moment.strftime("%Y-%m-%d %H:%M:%S.%f")))

    return begin(prepare=add_old)


def test_after_180_days_fallbacks_are_deleted(service, listed):
    end = time.monotonic() + 20
    while len(service.sql("SELECT reference FROM fallbacks WHERE sender = 'old'")) != 1:
        assert time.monotonic() < end
        time.sleep(0.05)
    old = listed(service.client(), outcome="unavailable", limit=200)
    assert [one["reference"] for one in old if one["question"] == "q"] == ["FB000000000179"]


def test_a_fallback_is_listed_as_it_was_told(service, record, listed):
    before = datetime.now(timezone.utc)
    client = service.client("teller", "wechat")
    reference = record(client)
    assert re.fullmatch("FB[0-9A-F]{12}", reference)
    first = listed(client, limit=1)[0]
    moment = datetime.fromisoformat(first.pop("at").replace("Z", "+00:00"))
    assert before - timedelta(seconds=1) <= moment <= datetime.now(timezone.utc)
    assert first == {**FALLBACK, "reference": reference, "next": None}
    assert "teller" not in str(listed(client, limit=200))


def test_told_twice_it_is_written_down_once(service, record, listed):
    client = service.client("twice")
    references = {record(client, "same", question="told twice") for _ in range(3)}
    assert len(references) == 1
    assert [one["question"] for one in listed(client, limit=200)].count("told twice") == 1
    other = client.post(
        "/v1/fallbacks", json={**FALLBACK, "said": "x"}, headers={"Idempotency-Key": "same"}
    )
    assert other.status_code == 422
    # Somebody else's key is another.
    assert record(service.client("other"), "same", question="told twice") not in references


def test_told_many_times_at_once_it_is_written_down_once(service, record):
    clients = [service.client("racer") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        references = pool.map(lambda one: record(one, "race", question="raced"), clients)
        assert len(set(references)) == 1
    assert service.sql("SELECT count(*) FROM fallbacks WHERE question = 'raced'") == [(1,)]


def test_what_came_next_is_noted_once_and_by_the_same_customer_alone(service, record, listed):
    client = service.client("asker", "wechat")
    reference = record(client, question="what next")
    path = f"/v1/fallbacks/{reference}/next"
    told = {"act": "message", "text": "转人工", "intent": "ask_human"}
    for stranger in (service.client("other", "wechat"), service.client("asker", "slack")):
        assert stranger.post(path, json=told).status_code == 404
    assert client.post(path, json=told).json() == {"reference": reference}
    again = client.post(path, json={"act": "button", "text": "/affirm"})
    assert again.status_code == 201
    (shown,) = [one for one in listed(client, limit=200) if one["reference"] == reference]
    assert shown["next"].pop("at") >= shown["at"]
    assert shown["next"] == told
    assert client.post("/v1/fallbacks/FB000000000000/next", json=told).status_code == 404
    assert client.post("/v1/fallbacks/nonsense/next", json=told).status_code == 404


def test_a_button_needs_no_words(service, record, listed):
    client = service.client("presser")
    reference = record(client)
    assert client.post(f"/v1/fallbacks/{reference}/next", json={"act": "button"}).status_code == 201
    assert listed(client, limit=1)[0]["next"]["text"] is None


def test_the_list_is_filtered_by_outcome_and_rule_and_comes_in_pages(service, record, listed):
    client = service.client("pager")
    refused = [{"text": "x", "objections": [{"rule": "promises", "what": "refund"}]}]
    for at in range(7):
        record(client, question=f"page {at}", outcome="handed_over", candidates=[])
        record(client, question=f"refused {at}", outcome="clarified", candidates=refused)

    def asked(**parameters):
        return [one["question"] for one in listed(client, **parameters)]

    pages = [f"page {at}" for at in reversed(range(7))]
    refusals = [f"refused {at}" for at in reversed(range(7))]
    assert asked(outcome="handed_over") == pages
    assert asked(outcome="handed_over", limit=3) == pages[:3]
    assert asked(outcome="handed_over", limit=3, offset=5) == pages[5:]
    assert asked(rule="promises") == refusals
    assert asked(rule="promises", limit=2, offset=4) == refusals[4:6]
    assert asked(rule="promises", offset=7) == []
    assert asked(rule="promises", outcome="clarified", limit=1) == refusals[:1]
    assert asked(rule="promises", outcome="handed_over") == []
    assert asked(rule="no such rule") == []
    assert asked(limit=2) == [refusals[0], pages[0]]
    assert all("promises" not in str(one["candidates"]) for one in listed(client, rule="numbers"))


def test_a_rule_is_found_beyond_the_rows_that_are_read_at_once(service, record, listed):
    client = service.client("deep")
    record(client, candidates=[{"text": "x", "objections": [{"rule": "rare", "what": "y"}]}])
    service.sql(
        "WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < 1100) "
        "INSERT INTO fallbacks (reference, channel, sender, language, question, outcome, said,"
        " passages, candidates, milliseconds, at) SELECT 'FBX' || n, 'rest', 'many', 'en', 'many',"
        " 'unavailable', '', '[]', '[]', 1, (SELECT max(at) FROM fallbacks) FROM row"
    )
    assert len(listed(client, rule="rare")) == 1
    assert listed(client, rule="rare", offset=1) == []
    service.sql("DELETE FROM fallbacks WHERE sender = 'many'")


@pytest.mark.parametrize(
    "changes",
    [
        {"language": "fr"}, {"outcome": "lost"}, {"question": ""}, {"question": "x" * 1001},
        {"question": "a\x00b"}, {"said": None}, {"said": "x" * 2001}, {"milliseconds": -1},
        {"milliseconds": "fast"}, {"milliseconds": False}, {"milliseconds": "5"},
        {"passages": [{"article": "a", "language": "zh", "score": True}]},
        {"candidates": [{"text": "x", "score": "1"}]}, {"generator": ""}, {"sender": "me"}, {"passages": [{}]},
        {"passages": [{"article": "a", "language": "zh", "score": 1.1}]},
        {"passages": [{"article": "a", "language": "zh", "score": 1}] * 11},
        {"candidates": [{"text": "x", "objections": [{"rule": "", "what": "y"}]}]},
        {"candidates": [{"text": "x", "objections": [{"rule": "a"}]}]},
        {"candidates": [{"text": "x", "score": 1e7}]}, {"candidates": [{"text": "x"}] * 11},
    ],
)  # fmt: skip
def test_what_is_no_fallback_is_refused(service, changes):
    client = service.client("wrong")
    answer = client.post(
        "/v1/fallbacks", json={**FALLBACK, **changes}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 400
    assert service.sql("SELECT count(*) FROM fallbacks WHERE sender = 'wrong'") == [(0,)]


def test_who_and_once_are_needed(service):
    client = service.client("needed")
    assert client.post("/v1/fallbacks", json=FALLBACK).status_code == 400
    del client.headers["X-Xiaoer-Sender"]
    answer = client.post("/v1/fallbacks", json=FALLBACK, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 400
    assert client.get("/v1/fallbacks").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"act": "shout"}, {"act": "message", "text": ""}, {"act": "message", "x": 1}]
)
def test_what_is_no_next_is_refused(service, record, body):
    client = service.client("wrong next")
    path = f"/v1/fallbacks/{record(client)}/next"
    assert client.post(path, json=body).status_code == 400


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0}, {"limit": 201}, {"offset": -1}, {"outcome": "lost"}, {"rule": ""}, {"sender": "x"}
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused(service, parameters):
    assert service.client().get("/v1/fallbacks", params=parameters).status_code == 400
