"""A topic of Kafka, on the broker for tests that librdkafka brings, filled by Rasa's own."""

import secrets

import pytest
import rasa.shared.core.events  # noqa: F401 - Rasa's brokers need it and do not import it
from confluent_kafka import Consumer, Producer, TopicPartition
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from backends.insights.events.sources import SourceError, open_source
from backends.insights.events.sources.kafka import GROUP
from backends.insights.events.taking_in import take_in_batch
from tests.backends.insights.events.happening import Talk, conversations, turns


@pytest.fixture
def any_shop_url(shop_url):
    """What the database is makes no difference to a broker."""
    return shop_url


@pytest.fixture(scope="module")
def server():
    """The address of a broker that speaks Kafka's protocol, in a thread of this process."""
    holder = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1})
    metadata = holder.list_topics(timeout=10)
    (broker,) = metadata.brokers.values()
    yield f"{broker.host}:{broker.port}"
    holder.flush(5)


@pytest.fixture
def topic():
    return f"events-{secrets.token_hex(6)}"


@pytest.fixture
async def source(server, topic):
    opened = open_source(f"kafka://{server}/{topic}")
    yield opened
    await opened.close()


async def publish(server, topic, events):
    """Publish as Rasa does."""
    config = EndpointConfig(
        server, type="kafka", topic=topic, partition_by_sender=True, security_protocol="PLAINTEXT"
    )
    broker = await EventBroker.create(config)
    for event in events:
        broker.publish(event)
    await broker.close()


async def take(database, source, wanted):
    """Take in until that many events have come."""
    total = await take_in_batch(database, source, 0.5)
    for _ in range(60):
        if total.read >= wanted:
            break
        total.add(await take_in_batch(database, source, 0.5))
    return total


async def test_what_rasa_publishes_is_taken_in_once(database, server, topic, source):
    talks = [Talk().session().user("你好").reply("utter_greet", "您好") for _ in range(5)]
    events = [event for talk in talks for event in talk.events]
    await publish(server, topic, events)
    counts = await take(database, source, len(events))
    assert (counts.read, counts.taken_in, counts.repeated) == (len(events), 10, 0)
    for talk in talks:
        assert [each.text for each in await turns(database, talk)] == ["你好", "您好"]
    # Another of the group would go on behind them.
    assert committed(server, topic) == len(events)
    talks[0].user("谢谢")
    await publish(server, topic, talks[0].events[-1:])
    counts = await take(database, source, 1)
    assert (counts.read, counts.taken_in) == (1, 1)


def committed(server, topic):
    """The sum of the group's positions in all partitions."""
    reader = Consumer({"bootstrap.servers": server, "group.id": GROUP})
    parts = reader.list_topics(topic, timeout=10).topics[topic].partitions
    found = reader.committed([TopicPartition(topic, part) for part in parts], timeout=10)
    reader.close()
    return sum(max(each.offset, 0) for each in found)


async def test_what_fails_comes_again(database, server, topic, source):
    talk = Talk().session().user("一").reply("a", "二")
    await publish(server, topic, talk.events)
    first = []
    for _ in range(60):
        with pytest.raises(RuntimeError):
            async with source.batch(100, 0.5) as raws:
                first = list(raws)
                raise RuntimeError
        if first:
            break
    assert committed(server, topic) == 0
    counts = await take(database, source, len(talk.events))
    assert (counts.read, counts.taken_in) == (len(talk.events), 2)
    (one,) = await conversations(database, talk)
    assert (one.customer_turns, one.bot_turns) == (1, 1)


async def test_a_broker_that_is_away_is_told_of_without_the_password(database, free_port):
    source = open_source(f"kafka://shop:secret@127.0.0.1:{free_port()}/t?security=SASL_PLAINTEXT")
    with pytest.raises(SourceError) as caught:
        for _ in range(20):
            await take_in_batch(database, source, 1)
    assert "cannot be reached" in str(caught.value)
    assert "secret" not in str(caught.value)
    await source.close()
