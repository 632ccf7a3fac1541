"""Events in a topic of Kafka, as Rasa's KafkaEventBroker writes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from backends.insights.events.sources.source import Raw, SourceError

#: All backends of a shop are one group: each event goes to one of them.
GROUP = "xiaoer-insights"


class Kafka:
    """A topic; the group's position moves on once the events are in the database.

    Args:
        servers: ``host:port``, several with commas between.
        topic: the topic.
        options: of librdkafka, such as ``security.protocol``.
    """

    def __init__(self, servers: str, topic: str, options: Mapping[str, str]) -> None:
        self._servers = servers
        self._topic = topic
        self._options = dict(options)
        self._consumer: Any = None
        self._down = False

    @asynccontextmanager
    async def batch(self, most: int, seconds: float) -> AsyncIterator[list[Raw]]:
        """See `Source.batch`."""
        messages = await asyncio.to_thread(self._poll, most, seconds)
        try:
            yield [message.value() for message in messages]
        except BaseException:
            await asyncio.to_thread(self._go_back, messages)
            raise
        if messages:
            await asyncio.to_thread(self._commit, messages)

    async def close(self) -> None:
        """See `Source.close`."""
        await asyncio.to_thread(self._close)

    def _poll(self, most: int, seconds: float) -> list[Any]:
        from confluent_kafka import KafkaError, KafkaException

        try:
            if self._consumer is None:
                self._consumer = self._subscribed()
            came = self._consumer.consume(num_messages=most, timeout=seconds)
        except KafkaException as error:
            raise self._failed(error.args[0]) from None
        # A topic is there once Rasa has written to it.
        harmless = (KafkaError._PARTITION_EOF, KafkaError.UNKNOWN_TOPIC_OR_PART)
        for told in (each.error() for each in came if each.error()):
            if told.code() not in harmless:
                self._close()
                raise self._failed(told)
        messages = [each for each in came if not each.error()]
        if messages:
            self._down = False
        elif self._down:
            self._down = False
            raise SourceError(f"Kafka at {self._servers} cannot be reached.")
        return messages

    def _subscribed(self) -> Any:
        from confluent_kafka import Consumer

        consumer = Consumer(
            {
                **self._options,
                "bootstrap.servers": self._servers,
                "group.id": GROUP,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "error_cb": self._told,
            }
        )
        consumer.subscribe([self._topic])
        return consumer

    def _told(self, error: Any) -> None:
        """Remember that no broker answers; called by the client while it polls."""
        if error.code() == error._ALL_BROKERS_DOWN:
            self._down = True

    def _commit(self, messages: list[Any]) -> None:
        from confluent_kafka import KafkaException, TopicPartition

        ends: dict[int, int] = {}
        for message in messages:
            ends[message.partition()] = max(ends.get(message.partition(), 0), message.offset() + 1)
        offsets = [TopicPartition(self._topic, part, end) for part, end in ends.items()]
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            # They come again and are found to be known.
            self._close()
            raise self._failed(error.args[0]) from None

    def _go_back(self, messages: list[Any]) -> None:
        """Read these messages again."""
        from confluent_kafka import KafkaException, TopicPartition

        starts: dict[int, int] = {}
        for message in messages:
            starts.setdefault(message.partition(), message.offset())
        try:
            for part, start in starts.items():
                self._consumer.seek(TopicPartition(self._topic, part, start))
        except KafkaException:
            # The partition is another's by now. A new consumer begins where the group stands.
            self._close()

    def _close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close()

    def _failed(self, error: Any) -> SourceError:
        return SourceError(
            f"Kafka at {self._servers} does not answer as it should ({error.name()})."
        )
