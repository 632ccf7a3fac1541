"""A running server takes events in by itself, with several workers too, and forgets them in time."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from backends.db import now
from backends.housekeeping import tidy
from backends.insights.events.forgetting import forget_conversations
from backends.insights.events.models import Sender
from tests.backends.insights.events.happening import Talk, conversations, taken, turns
from tests.waiting import eventually


async def test_the_workers_of_a_server_take_in_what_comes(
    start_light_shop, shop_url, tmp_path, free_port, monkeypatch
):
    events = tmp_path / "events.db"
    monkeypatch.delenv("XIAOER_EVENTS_URL", raising=False)
    shop = start_light_shop(
        shop_url.partition(":///")[2],
        tmp_path,
        free_port(),
        env={"XIAOER_EVENTS_URL": f"sqlite:///{events}"},
        workers=3,
    )
    try:
        config = EndpointConfig(type="xiaoer.brokers.EventFile", path=str(events))
        broker = await EventBroker.create(config)
        talks = [Talk().session() for _ in range(5)]
        for talk in talks:
            for number in range(20):
                talk.user(f"{number}").reply("a", f"我叫王建国 {number}")
            for event in talk.events:
                broker.publish(event)
        await broker.close()
        # A crooked one does not stop it.
        await write_raw(events, ["{", "[]"])
        talks[0].user("再见")
        await write_raw(events, [talks[0].raws()[-1]])
        senders = [talk.sender for talk in talks]
        query = "SELECT customer_turns, bot_turns FROM insight_conversations WHERE sender = ?"
        expected = [[(21, 20)], *[[(20, 20)]] * 4]
        eventually(lambda: [shop.sql(query, each) for each in senders] == expected)
        assert shop.sql("SELECT COUNT(*) FROM insight_turns WHERE text LIKE '%王建国%'") == [(0,)]
        # It is logged after the commit.
        eventually(lambda: "events refused" in shop.log.read_text())
        assert "王建国" not in shop.log.read_text()
    finally:
        shop.stop()
    assert "unexpected" not in shop.log.read_text()


async def write_raw(path, raws):
    with closing(sqlite3.connect(path, timeout=10)) as opened, opened:
        opened.executemany("INSERT INTO events (data) VALUES (?)", [(raw,) for raw in raws])


async def test_a_server_whose_broker_is_away_serves_all_the_same(
    start_light_shop, shop_url, tmp_path, free_port
):
    url = f"amqp://shop:secret@127.0.0.1:{free_port()}/events"
    shop = start_light_shop(
        shop_url.partition(":///")[2], tmp_path, free_port(), env={"XIAOER_EVENTS_URL": url}
    )
    try:
        eventually(lambda: "does not answer as it should" in shop.log.read_text())
        assert shop.client().get("/health").status_code == 200
        assert "secret" not in shop.log.read_text()
    finally:
        shop.stop()


async def test_old_conversations_are_forgotten(database):
    old, new = Talk(at=now().timestamp() - 400 * 86_400), Talk()
    for talk in (old, new):
        talk.session().user("你好").reply("a", "好")
        await taken(database, talk)
    async with database.write() as session:
        (await session.get(Sender, old.sender)).seen_at = now() - timedelta(days=400)
    await tidy(database)
    assert (await conversations(database, old), await turns(database, old)) == ([], [])
    assert len(await turns(database, new)) == 2
    async with database.read() as session:
        assert await session.get(Sender, old.sender) is None
        assert await session.get(Sender, new.sender) is not None
    # More than fit in one transaction.
    talks = [Talk(at=now().timestamp() - 500 * 86_400).user("你好") for _ in range(501)]
    await taken(database, *talks)
    assert await forget_conversations(database, now() - timedelta(days=450)) == 501
