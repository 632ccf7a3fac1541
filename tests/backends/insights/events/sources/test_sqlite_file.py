"""A file as a queue, as Rasa's own broker and ours write it."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.exc import OperationalError

from backends.db import Database
from backends.insights.events.sorting import Known
from backends.insights.events.sources import SourceError, open_source
from backends.insights.events.taking_in import take_in_batch
from tests.backends.insights.events.happening import Talk, conversations, turns


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.db"


@pytest.fixture
async def source(path):
    opened = open_source(f"sqlite:///{path}")
    yield opened
    await opened.close()


async def write(path, events, kind="xiaoer.brokers.EventFile"):
    """Write events as Rasa does, by the broker that `endpoints.yml` would name."""
    where = {"path": str(path)} if kind != "sql" else {"dialect": "sqlite", "db": str(path)}
    broker = await EventBroker.create(EndpointConfig(type=kind, **where))
    for event in events:
        broker.publish(event)
    await broker.close()


@pytest.fixture(autouse=True)
def own_file(monkeypatch):
    monkeypatch.delenv("XIAOER_EVENTS_URL", raising=False)


def count(path):
    with closing(sqlite3.connect(path)) as opened:
        return opened.execute("SELECT COUNT(*) FROM events").fetchone()[0]


@pytest.mark.parametrize("kind", ["xiaoer.brokers.EventFile", "sql"])
async def test_events_are_taken_in_and_deleted(database, path, source, kind):
    talk = Talk().session().user("你好").reply("utter_greet", "您好")
    await write(path, talk.events, kind)
    counts = await take_in_batch(database, source, 0)
    assert (counts.read, counts.taken_in) == (len(talk.events), 2)
    assert count(path) == 0
    assert (await take_in_batch(database, source, 0)).read == 0
    assert [each.text for each in await turns(database, talk)] == ["你好", "您好"]


async def test_nothing_is_there_yet(database, path, source):
    assert (await take_in_batch(database, source, 0)).read == 0
    assert not path.exists()
    path.touch()
    assert (await take_in_batch(database, source, 0)).read == 0
    nowhere = open_source(f"sqlite:///{path.parent / 'no' / 'events.db'}")
    assert (await take_in_batch(database, nowhere, 0)).read == 0


async def test_what_fails_comes_again(database, path, source):
    talk = Talk().session().user("你好").reply("utter_greet", "您好")
    await write(path, talk.events)
    with pytest.raises(RuntimeError):
        async with source.batch(100, 0) as raws:
            assert len(raws) == len(talk.events)
            raise RuntimeError
    assert (await take_in_batch(database, source, 0)).taken_in == 2


async def test_rows_that_somebody_else_wrote(database, path, source):
    await write(path, [])
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, data)")
        rows = [(None,), (b"\xff\x00",), (17,), ("{}",), ("语" * 10,)]
        opened.executemany("INSERT INTO events (data) VALUES (?)", rows)
    counts = await take_in_batch(database, source, 0)
    assert (counts.read, sum(counts.refused.values())) == (5, 5)
    assert count(path) == 0


async def test_a_file_that_is_no_database_is_told_of(database, path, source):
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(SourceError, match=r"The events in .*events\.db cannot be read"):
        await take_in_batch(database, source, 0)


async def test_readers_and_a_writer_at_once_take_each_event_once(database, path):
    """Two readers race for the lock while events are written."""
    talks = [Talk().session() for _ in range(20)]
    for talk in talks:
        for number in range(10):
            talk.user(f"{number}").reply("a", f"答{number}")
    broker = await EventBroker.create(
        EndpointConfig(type="xiaoer.brokers.EventFile", path=str(path))
    )
    total, written = 0, asyncio.Event()

    async def publish():
        for talk in talks:
            for event in talk.events:
                broker.publish(event)
            await asyncio.sleep(0.005)
        await broker.close()
        written.set()

    async def read():
        nonlocal total
        source = open_source(f"sqlite:///{path}")
        while not written.is_set() or count(path):
            counts = await take_in_batch(database, source, 0.01, most=37)
            assert counts.repeated == 0
            total += counts.read
        await source.close()

    await asyncio.gather(publish(), read(), read())
    assert total == sum(len(talk.events) for talk in talks)
    for talk in talks:
        (one,) = await conversations(database, talk)
        assert (one.customer_turns, one.bot_turns) == (10, 10)


_CRASH = """
import asyncio, os, sys
from backends.db import Database
from backends.insights.events.sources import open_source
from backends.insights.events.taking_in import take_in

async def main():
    database = Database(sys.argv[1])
    async with open_source(sys.argv[2]).batch(1000, 0) as raws:
        if sys.argv[3] == "after the commit":
            await take_in(database, raws)
        os._exit(9)

asyncio.run(main())
"""


@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
async def test_a_crash_loses_and_doubles_nothing(
    database, any_shop_url, path, source, project_root, when
):
    talk = Talk().session().user("你好").reply("utter_greet", "您好")
    await write(path, talk.events)
    command = [sys.executable, "-c", _CRASH, any_shop_url, f"sqlite:///{path}", when]
    done = await asyncio.to_thread(subprocess.run, command, cwd=project_root, timeout=60)
    assert done.returncode == 9
    assert count(path) == len(talk.events)
    counts = await take_in_batch(database, source, 0)
    expected = (0, 2) if when == "after the commit" else (2, 0)
    assert (counts.taken_in, counts.repeated) == expected
    (one,) = await conversations(database, talk)
    assert (one.customer_turns, one.bot_turns, one.answers) == (1, 1, 1)
    assert count(path) == 0


@pytest.mark.parametrize("what", ["no tables", "locked"])
async def test_a_database_that_is_away_leaves_the_events_where_they_are(
    path, tmp_path, source, shop_url, what
):
    await write(path, Talk().session().user("你好").events)
    url = f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}" if what == "no tables" else shop_url
    away = Database(url, wait_ms=50)
    held = sqlite3.connect(url.partition(":///")[2], isolation_level=None)
    try:
        if what == "locked":
            held.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            await take_in_batch(away, source, 0)
        assert count(path) == 4
    finally:
        held.close()
        await away.close()


async def test_an_event_that_brings_the_take_in_down_holds_up_no_other(
    database, path, source, monkeypatch
):
    """No such event is known; should there be one, it is refused and told of."""
    bad, good = Talk().session().user("boom"), Talk().session().user("你好")
    await write(path, [*bad.events, *good.events])
    take = Known.take

    def fails_at_times(known, events):
        if known.sender == bad.sender and any(event.said for event in events):
            raise ZeroDivisionError
        take(known, events)

    monkeypatch.setattr(Known, "take", fails_at_times)
    counts = await take_in_batch(database, source, 0)
    assert (counts.read, counts.taken_in, dict(counts.refused)) == (8, 1, {"unexpected": 1})
    assert count(path) == 0
