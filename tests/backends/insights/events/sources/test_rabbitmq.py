"""A queue of RabbitMQ, as Rasa's own broker fills it."""

import asyncio
import os
import secrets
from urllib.parse import urlsplit

import aio_pika
import pytest
import rasa.shared.core.events  # noqa: F401 - Rasa's brokers need it and do not import it
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from backends.insights.events.sources import SourceError, open_source
from backends.insights.events.taking_in import take_in_batch
from tests.backends.insights.events.happening import Talk, conversations, turns

URL = os.environ.get("XIAOER_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672/")

pytestmark = pytest.mark.service


@pytest.fixture
def any_shop_url(shop_url):
    """What the database is makes no difference to a broker."""
    return shop_url


@pytest.fixture
async def connection():
    try:
        opened = await aio_pika.connect(URL, timeout=3)
    except Exception as error:
        what = f"RabbitMQ does not answer at XIAOER_TEST_RABBITMQ_URL ({type(error).__name__})"
        if os.environ.get("XIAOER_REQUIRE_SERVICES") == "1":
            pytest.fail(what)
        pytest.skip(what)
    yield opened
    await opened.close()


@pytest.fixture
async def queue(connection):
    """The name of a queue of one's own."""
    name = f"xiaoer-test-{secrets.token_hex(6)}"
    yield name
    async with connection.channel() as channel:
        await channel.queue_delete(name)


def setting(queue):
    return f"{URL.rstrip('/')}/{queue}"


async def publish(queue, events):
    """Publish as Rasa does."""
    parts = urlsplit(URL)
    config = EndpointConfig(
        parts.hostname, type="pika", port=parts.port or 5672, username=parts.username,
        password=parts.password, queues=[queue],
    )  # fmt: skip
    broker = await EventBroker.create(config, asyncio.get_running_loop())
    for event in events:
        broker.publish(event)
    # It publishes in tasks of its own.
    await asyncio.gather(*broker._background_tasks)
    await broker.close()


async def test_what_rasa_publishes_is_taken_in_and_acknowledged(database, connection, queue):
    source = open_source(setting(queue))
    talk = Talk().session().user("你好").reply("utter_greet", "您好")
    # Before anybody reads.
    await publish(queue, talk.events)
    read = 0
    while read < len(talk.events):
        counts = await take_in_batch(database, source, 5, most=4)
        assert counts.read
        read += counts.read
    assert [each.text for each in await turns(database, talk)] == ["你好", "您好"]
    talk.user("谢谢").reply("utter_welcome", "不客气")
    await publish(queue, talk.events[-4:])
    assert (await take_in_batch(database, source, 5)).taken_in == 2
    assert (await take_in_batch(database, source, 0.1)).read == 0
    await source.close()
    async with connection.channel() as channel:
        left = await channel.declare_queue(queue, durable=True, passive=True)
        assert left.declaration_result.message_count == 0


async def test_what_fails_comes_again_in_order(database, queue):
    source = open_source(setting(queue))
    talk = Talk().session().user("一").reply("a", "二")
    await publish(queue, talk.events)
    with pytest.raises(RuntimeError):
        async with source.batch(100, 5) as raws:
            first = list(raws)
            raise RuntimeError
    async with source.batch(100, 5) as again:
        assert again[: len(first)] == first == talk.raws()[: len(first)]
    await source.close()


async def test_one_reads_at_a_time_and_another_takes_over(database, queue):
    first, second = open_source(setting(queue)), open_source(setting(queue))
    talk = Talk().session().user("一").reply("a", "二")
    assert (await take_in_batch(database, first, 0.1)).read == 0
    await publish(queue, talk.events)
    assert (await take_in_batch(database, second, 0.1)).read == 0
    await first.close()
    # The server may need a moment to see that the first has gone.
    for _ in range(50):
        if (await take_in_batch(database, second, 0.2)).read:
            break
    assert len(await turns(database, talk)) == 2
    await second.close()


async def test_what_is_no_event_is_acknowledged_too(database, connection, queue):
    source = open_source(setting(queue))
    assert (await take_in_batch(database, source, 0.1)).read == 0
    async with connection.channel() as channel:
        for body in (b"", b"{", b"\xff", b'{"event": "user"}'):
            await channel.default_exchange.publish(aio_pika.Message(body), routing_key=queue)
    counts = await take_in_batch(database, source, 5)
    while counts.read < 4:
        counts.add(await take_in_batch(database, source, 5))
    assert sum(counts.refused.values()) == 4
    assert (await take_in_batch(database, source, 0.1)).read == 0
    await source.close()


async def test_a_broker_that_is_away_is_told_of_without_the_password(database, free_port):
    source = open_source(f"amqp://shop:secret@127.0.0.1:{free_port()}/events")
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            await take_in_batch(database, source, 0.1)
        assert "does not answer" in str(caught.value)
        assert "secret" not in str(caught.value)


async def test_a_connection_that_breaks_is_made_anew(database, queue):
    source = open_source(setting(queue))
    assert (await take_in_batch(database, source, 0.1)).read == 0
    await source._connection.close()
    talk = Talk().session().user("一").reply("a", "二")
    await publish(queue, talk.events)
    read = 0
    for _ in range(50):
        read += (await take_in_batch(database, source, 0.2)).read
        if read >= len(talk.events):
            break
    (one,) = await conversations(database, talk)
    assert (one.customer_turns, one.bot_turns) == (1, 1)
    await source.close()
