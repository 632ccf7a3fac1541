"""A connector in a web server of its own, with a handler that notes what Rasa would get."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage, register
from sanic import Sanic

from tests.loop_thread import LoopThread

_names = itertools.count()


class _Agent:
    def __init__(self, handle: Callable[[UserMessage], Awaitable[Any]]) -> None:
        self.handle_message = handle

    def is_ready(self) -> bool:
        return True


class Host:
    """Serves a connector; `heard` are the messages that it handed on.

    Args:
        connector: The connector, which Rasa registers.
        port: Where it listens.
        answer: What is done with a message, after it was noted.
    """

    def __init__(
        self,
        connector: InputChannel,
        port: int,
        answer: Callable[[UserMessage], Awaitable[Any]] | None = None,
    ) -> None:
        self.heard: list[UserMessage] = []
        self.connector = connector
        self.url = f"http://127.0.0.1:{port}/webhooks/slack/webhook"
        self._answer = answer
        self._port = port
        self._loop = LoopThread()

    def __enter__(self) -> Host:
        self.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop as a server does that is told to."""
        if self._loop.is_running:
            self.run(self._stop())
        self._loop.close()

    def freeze(self) -> None:
        """Do nothing any more from one moment to the next, as a process that was killed."""
        self._loop.freeze()

    def run(self, work: Any, seconds: float = 30) -> Any:
        """Do something in the loop of the server."""
        return self._loop.run(work, seconds)

    def wait_heard(self, count: int = 1, seconds: float = 5) -> list[UserMessage]:
        """Return the messages as soon as there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.heard) < count:
            assert time.monotonic() < deadline, f"{len(self.heard)} of {count} messages came"
            time.sleep(0.01)
        return self.heard

    def settle(self) -> list[UserMessage]:
        """Return the messages after everything that may still come has come."""
        time.sleep(0.3)
        return self.heard

    async def _handle(self, message: UserMessage) -> None:
        self.heard.append(message)
        if self._answer:
            await self._answer(message)

    async def _start(self) -> None:
        app = Sanic(f"slack-{next(_names)}", configure_logging=False)
        app.ctx.agent = _Agent(self._handle)
        register([self.connector], app, route="/webhooks/")
        self._server = await app.create_server(
            "127.0.0.1", self._port, return_asyncio_server=True, access_log=False
        )
        assert self._server
        # Without this mode only the first server of a process starts.
        Sanic.test_mode = True
        try:
            await self._server.startup()
        finally:
            Sanic.test_mode = False
        await self._server.before_start()
        await self._server.after_start()
        await self._server.start_serving()

    async def _stop(self) -> None:
        await self._server.before_stop()
        self._server.close()
        await self._server.wait_closed()
        await self._server.after_stop()
