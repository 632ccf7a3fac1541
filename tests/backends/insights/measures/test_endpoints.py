"""Insights over HTTP: a running server counts by itself, and answers what was counted."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from backends.db import Database, now
from backends.insights.measures.counting.days import day_of
from tests.backends.insights.measures import world
from tests.waiting import eventually


@pytest.fixture(scope="module")
def insights(seeded_database, tmp_path_factory, free_port, start_light_shop):
    folder = tmp_path_factory.mktemp("insights")
    copy = Path(shutil.copy(seeded_database, folder / "shop.db"))
    running = start_light_shop(copy, folder, free_port())
    yield running
    running.stop()


@pytest.fixture(scope="module")
def staff(insights):
    return insights.client()


async def store(insights, *rows):
    database = Database(f"sqlite+aiosqlite:///{insights.database}", 10_000)
    try:
        await world.add(database, *rows)
        return [getattr(row, "id", None) for row in rows]
    finally:
        await database.close()


def conversations_of(staff, **filters):
    answer = staff.get("/v1/insights/overview", params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()["measures"]["conversations"]["of"]


async def test_what_is_new_and_what_comes_late_is_counted_by_itself(insights, staff):
    new, late = now(), now() - timedelta(days=9)
    filters = {"channel": "telegram"}
    await store(insights, world.conversation("telegram", "x", new))
    eventually(lambda: conversations_of(staff, **filters) == 1)
    await store(insights, world.conversation("telegram", "x", late, handed_over=True))
    eventually(lambda: conversations_of(staff, **filters) == 2)
    day = str(day_of(late))
    of_day = staff.get("/v1/insights/days", params={"from": day, "to": day, **filters}).json()
    assert of_day["from"] == of_day["to"] == day
    assert of_day["items"][0]["measures"]["handover_rate"] == {"value": 1.0, "of": 1}
    groups = staff.get("/v1/insights/groups", params={"by": "channel"}).json()
    assert "telegram" in [group["name"] for group in groups["items"]]
    intents = staff.get("/v1/insights/intents", params=filters).json()["items"]
    assert intents == [
        {"intent": "greet", "count": 2, "share": 0.5},
        {"intent": "track", "count": 2, "share": 0.5},
    ]
    feelings = staff.get("/v1/insights/sentiment", params=filters).json()["items"]
    assert sum(each["neutral"] for each in feelings) == 4


async def test_conversations_and_what_was_said(insights, staff):
    talk = world.conversation("viber", "a-secret-sender", now(), fallbacks=1)
    (id,) = await store(insights, talk)
    await store(insights, world.turn(talk, 1, text="你好"), world.turn(talk, 2, "bot", text="您好"))
    found = staff.get("/v1/insights/conversations", params={"channel": "viber"})
    assert [each["id"] for each in found.json()["items"]] == [id]
    only = {"channel": "viber", "only": "handed_over"}
    assert staff.get("/v1/insights/conversations", params=only).json()["items"] == []
    said = staff.get(f"/v1/insights/conversations/{id}")
    assert [(each["author"], each["text"]) for each in said.json()["turns"]] == [
        ("customer", "你好"),
        ("bot", "您好"),
    ]
    assert "a-secret-sender" not in found.text + said.text
    for missing in (id + 999, 0, "x", "9" * 30):
        assert staff.get(f"/v1/insights/conversations/{missing}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, "invalid_dates"),
        ({"from": "2020-01-01", "to": "2026-11-01"}, "invalid_dates"),
        ({"from": "soon"}, "invalid_dates"),
        ({"to": ""}, "invalid_dates"),
        ({"segment": "nobody"}, "unknown_segment"),
    ],
)
@pytest.mark.parametrize("path", ["overview", "days", "groups", "conversations", "export.csv"])
def test_what_cannot_be_asked_is_refused_in_one_sentence(staff, path, asked, code):
    answer = staff.get(f"/v1/insights/{path}", params=asked)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("channel", ["a\x00b", "a\u202eb", "x" * 65])
def test_what_is_no_name_is_refused(staff, channel):
    answer = staff.get("/v1/insights/overview", params={"channel": channel})
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"][0]["name"] == "channel"


def test_a_segment_of_the_shop_can_be_asked_for(staff):
    assert staff.get("/v1/insights/overview", params={"segment": "win_back"}).status_code == 200


def test_of_an_unknown_channel_there_is_nothing(staff):
    answer = staff.get("/v1/insights/overview", params={"channel": "nowhere"})
    assert {one["of"] for one in answer.json()["measures"].values()} == {0}


def test_csv_is_sent_as_a_file(insights, staff):
    answer = staff.get("/v1/insights/export.csv", params={"channel": "telegram"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sum(int(row["conversations"]) for row in rows) == conversations_of(
        staff, channel="telegram"
    )


def test_definitions_are_told_in_both_languages(staff):
    items = staff.get("/v1/insights/definitions").json()["items"]
    assert "containment" in [item["name"] for item in items]
    assert all(item["definition"]["zh"] and item["definition"]["en"] for item in items)


def test_nothing_is_told_without_the_token(insights, staff):
    for path in ("overview", "conversations", "export.csv"):
        answer = staff.get(f"/v1/insights/{path}", headers={"Authorization": "Bearer wrong"})
        assert answer.status_code == 401


def shown(insights, sender):
    return insights.sql(
        "SELECT customer_id, kind, language FROM recommendation_exposures WHERE sender = ?", sender
    )


def test_what_is_recommended_to_a_known_customer_is_written_down(insights):
    client = insights.client("known", "slack")
    assert client.put("/v1/identities/slack/known", json={"customer_id": "C10002"}).is_success
    answer = client.get("/v1/recommendations", params={"q": "running shoes", "lang": "en"})
    assert answer.json()["items"]
    eventually(lambda: shown(insights, "known") == [("C10002", "wish", "en")])
    names = [item["id"] for item in answer.json()["items"]]
    products = insights.sql("SELECT products FROM recommendation_exposures WHERE sender = 'known'")
    assert [name in products[0][0] for name in names] == [True] * len(names)


def test_nothing_is_written_down_of_strangers_and_of_those_who_refuse(insights):
    customers = insights.sql("SELECT id FROM customers ORDER BY id LIMIT 2 OFFSET 5")
    (unwilling,), (willing,) = customers
    refusing = insights.client("refusing", "slack")
    bound = refusing.put("/v1/identities/slack/refusing", json={"customer_id": unwilling})
    assert bound.is_success
    assert refusing.put("/v1/consents", json={"recommendations": False}).is_success
    others = [insights.client("stranger", "slack"), insights.client("known", "rest")]
    for client in (refusing, *others):
        assert client.get("/v1/recommendations").json()["items"]
    # One who is known comes after them, and is written down after them.
    last = insights.client("last", "slack")
    assert last.put("/v1/identities/slack/last", json={"customer_id": willing}).is_success
    assert last.get("/v1/recommendations").json()["items"]
    eventually(lambda: len(shown(insights, "last")) == 1)
    assert shown(insights, "refusing") == []
    assert shown(insights, "stranger") == []
    assert insights.sql("SELECT * FROM recommendation_exposures WHERE channel = 'rest'") == []


def test_the_command_counts_and_says_how_much(insights, run_backends):
    env = {"DATABASE_URL": f"sqlite+aiosqlite:///{insights.database}"}
    done = run_backends("insights", "count", "--all", env=env)
    assert done.returncode == 0, done.stderr
    assert "were made anew" in done.stdout
