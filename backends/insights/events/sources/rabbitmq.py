"""Events in a queue of RabbitMQ, as Rasa's PikaEventBroker writes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backends.insights.events.sources.source import Raw, SourceError

_CONNECT_SECONDS = 5.0
# What has come already is taken along.
_GATHER_SECONDS = 0.05


class RabbitMq:
    """A durable queue; what was taken in is acknowledged, the rest comes again.

    One process reads at a time, since two would get a conversation's events in turns; another
    takes over when its connection ends.

    Args:
        url: the address with user and password, the virtual host in the path.
        queue: the queue; made if it is not there.
        shown: the address for the log, without the password.
    """

    def __init__(self, url: str, queue: str, shown: str) -> None:
        self._url = url
        self._name = queue
        self._shown = shown
        self._connection: Any = None
        self._came: asyncio.Queue[Any] = asyncio.Queue()

    @asynccontextmanager
    async def batch(self, most: int, seconds: float) -> AsyncIterator[list[Raw]]:
        """See `Source.batch`."""
        if not await self._ready(most):
            await asyncio.sleep(seconds)
            yield []
            return
        messages = await self._gathered(most, seconds)
        try:
            yield [message.body for message in messages]
        except BaseException:
            # What is not acknowledged comes again, in order, to whoever connects next.
            await self.close()
            raise
        if messages:
            try:
                await messages[-1].ack(multiple=True)
            except Exception as error:
                await self._failed(error)

    async def close(self) -> None:
        """See `Source.close`."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed:
            await connection.close()

    async def _ready(self, most: int) -> bool:
        """Whether messages come to us; False while another process has them."""
        import aio_pika
        from aiormq.exceptions import ChannelAccessRefused

        if self._connection is not None and not self._connection.is_closed:
            return True
        try:
            self._connection = await aio_pika.connect(self._url, timeout=_CONNECT_SECONDS)
            channel = await self._connection.channel()
            await channel.set_qos(prefetch_count=most)
            # As Rasa makes it, which also binds it to where it publishes.
            queue = await channel.declare_queue(self._name, durable=True)
            # What an ended connection left comes again by this one.
            came: asyncio.Queue[Any] = asyncio.Queue()
            self._came = came
            await queue.consume(came.put, exclusive=True)
        except ChannelAccessRefused:
            await self.close()
            return False
        except Exception as error:
            await self._failed(error)
        return True

    async def _gathered(self, most: int, seconds: float) -> list[Any]:
        """Messages in order: the first that comes, and those that come with it."""
        messages: list[Any] = []
        wait = seconds
        while len(messages) < most:
            try:
                messages.append(await asyncio.wait_for(self._came.get(), wait))
            except asyncio.TimeoutError:
                break
            wait = _GATHER_SECONDS
        if not messages and (self._connection is None or self._connection.is_closed):
            raise SourceError(f"RabbitMQ at {self._shown} has closed the connection.")
        return messages

    async def _failed(self, error: Exception) -> None:
        await self.close()
        raise SourceError(
            f"RabbitMQ at {self._shown} does not answer as it should ({type(error).__name__})."
        ) from None
