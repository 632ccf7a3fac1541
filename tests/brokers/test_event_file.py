"""The event broker that writes to a file: it never makes a conversation wait, nor loses what fits."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.brokers.sql import SQLEventBroker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from tests.waiting import eventually
from xiaoer.brokers import EventFile

TYPE = "xiaoer.brokers.EventFile"


@pytest.fixture(autouse=True)
def no_setting(monkeypatch):
    monkeypatch.delenv("XIAOER_EVENTS_URL", raising=False)


async def make(path, **more):
    return await EventBroker.create(EndpointConfig(type=TYPE, path=str(path), **more))


def rows(path):
    with closing(sqlite3.connect(path, timeout=10)) as opened:
        return opened.execute("SELECT sender_id, data FROM events ORDER BY id").fetchall()


def is_written(path):
    """Whether there is a row; the file and the table come a moment before."""
    try:
        return path.exists() and bool(rows(path))
    except sqlite3.OperationalError:
        return False


def event(number=0, **more):
    return {"sender_id": "s", "event": "user", "text": f"你好 {number}", "timestamp": 1.5, **more}


async def test_the_rows_are_those_of_rasa_s_own_broker(tmp_path):
    events = [event(), event(1, parse_data={"entities": []}), {"event": "restart"}]
    ours, theirs = tmp_path / "a" / "b" / "ours.db", tmp_path / "theirs.db"
    broker, rasas = await make(ours), SQLEventBroker(db=str(theirs))
    for each in events:
        broker.publish(each)
        rasas.publish(each)
    await broker.close()
    assert [json.loads(data) for _, data in rows(ours)] == events
    assert rows(ours)[:2] == rows(theirs)[:2]
    with closing(sqlite3.connect(ours)) as one, closing(sqlite3.connect(theirs)) as other:
        query = "SELECT name, type, pk FROM pragma_table_info('events')"
        assert one.execute(query).fetchall() == other.execute(query).fetchall()


async def test_only_the_owner_may_read_it(tmp_path):
    path = tmp_path / "events.db"
    broker = await make(path)
    broker.publish(event())
    eventually(lambda: is_written(path))
    for name in ("events.db", "events.db-wal", "events.db-shm"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    await broker.close()


async def test_publishing_never_waits_for_a_locked_file(tmp_path):
    path = tmp_path / "events.db"
    broker = await make(path)
    broker.publish(event())
    eventually(lambda: is_written(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        slowest = 0.0
        for number in range(1, 50):
            start = time.perf_counter()
            broker.publish(event(number))
            slowest = max(slowest, time.perf_counter() - start)
        # Rasa's own waits five seconds, and fails the conversation then.
        assert slowest < 1
        held.execute("ROLLBACK")
    await broker.close()
    assert [json.loads(data)["text"] for _, data in rows(path)] == [
        f"你好 {number}" for number in range(50)
    ]


async def test_what_the_queue_cannot_hold_is_dropped_and_told_of(tmp_path, caplog):
    path = tmp_path / "events.db"
    broker = await make(path, queue_size=5)
    broker.publish(event())
    eventually(lambda: is_written(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        for number in range(100):
            broker.publish(event(number))
        held.execute("ROLLBACK")
    await broker.close()
    assert 1 < len(rows(path)) < 100
    assert "events were not written" in caplog.text
    assert "你好" not in caplog.text


async def test_two_processes_write_one_file(tmp_path):
    path = tmp_path / "events.db"
    brokers = [await make(path), await make(path)]
    for number in range(200):
        for broker in brokers:
            broker.publish(event(number))
    for broker in brokers:
        await broker.close()
    assert len(rows(path)) == 400


async def test_a_file_that_was_taken_away_is_made_anew(tmp_path):
    path = tmp_path / "events.db"
    broker = await make(path)
    broker.publish(event())
    eventually(lambda: is_written(path))
    for name in os.listdir(tmp_path):
        (tmp_path / name).unlink()
    broker.publish(event(1))
    await broker.close()
    assert len(rows(path)) == 1


async def test_the_oldest_go_where_nobody_takes_them_in(tmp_path, caplog):
    path = tmp_path / "events.db"
    broker = await make(path, most_events=10)
    for number in range(200):
        broker.publish(event(number))
        if number % 20 == 0:
            eventually(lambda: broker._queue.empty())
    await broker.close()
    left = [json.loads(data)["text"] for _, data in rows(path)]
    assert len(left) <= 20
    assert left[-1] == "你好 199"
    assert "were never taken in" in caplog.text


async def test_what_is_no_json_is_dropped(tmp_path):
    path = tmp_path / "events.db"
    broker = await make(path)
    broker.publish(event(data={object()}))
    broker.publish(event(1))
    await broker.close()
    assert len(rows(path)) == 1


async def test_it_can_be_used_again_after_closing(tmp_path):
    path = tmp_path / "events.db"
    broker = await make(path)
    for _ in range(2):
        broker.publish(event())
        await broker.close()
    assert len(rows(path)) == 2


def test_a_process_that_ends_writes_what_is_left(tmp_path):
    path = tmp_path / "events.db"
    program = f"""
from pathlib import Path
from xiaoer.brokers import EventFile
broker = EventFile(Path({str(path)!r}))
for number in range(3000):
    broker.publish({{"sender_id": "s", "event": "user", "text": str(number)}})
"""
    environment = {**os.environ, "PYTHONPATH": "components"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, timeout=120)
    assert len(rows(path)) == 3000


async def test_the_setting_of_the_backends_names_the_file_for_both(tmp_path, monkeypatch):
    path = tmp_path / "named.db"
    monkeypatch.setenv("XIAOER_EVENTS_URL", f"sqlite:///{path}")
    broker = await make(tmp_path / "other.db")
    broker.publish(event())
    await broker.close()
    assert os.listdir(tmp_path) == ["named.db"]


async def test_switched_off_it_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XIAOER_EVENTS_URL", "off")
    broker = await make(tmp_path / "events.db")
    broker.publish(event())
    await broker.close()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("setting", "given", "told"),
    [
        ("amqp://u:secret@host/q", {}, "write the type pika or kafka there"),
        ("", {"path": ""}, "`path` of the event broker"),
        ("", {"path": 7}, "`path` of the event broker"),
        ("", {"queue_size": 0}, "`queue_size` of the event broker"),
        ("", {"most_events": "many"}, "`most_events` of the event broker"),
        ("", {"dialect": "sqlite"}, "has no setting `dialect`"),
    ],
)
async def test_wrong_settings_are_told_in_a_sentence(monkeypatch, setting, given, told):
    monkeypatch.setenv("XIAOER_EVENTS_URL", setting)
    with pytest.raises(RasaException, match=told) as caught:
        await EventFile.from_endpoint_config(EndpointConfig(type=TYPE, **given))
    assert "secret" not in str(caught.value)
