"""From a page's message to the assistant's turn, once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import LockError

from xiaoer.channels.storage import Inbox, Store, StoreError
from xiaoer.channels.web.delivery import Delivery
from xiaoer.channels.web.errors import Refused
from xiaoer.channels.web.incoming import CustomerMessage, read_message, without_slash
from xiaoer.channels.web.output import WebOutput
from xiaoer.channels.web.settings import WebSettings

logger = logging.getLogger(__name__)

#: Sent to the page when the assistant has done with a message, whether it said something or not.
FINISHED_EVENT = "turn_finished"
# A server that is quiet for as long has crashed, and another (or its successor) goes on.
_LEASE = 20.0
_LOOK = 5.0
# A server that is asked to stop lets the turns end that end within it.
_GRACE = 5.0


class Turns:
    """Takes messages in and has the assistant handle each of them once.

    What was taken in outlives a crash of the server: the next one to start handles it, and what
    it answers waits for the page.

    Args:
        channel: The channel's name.
        settings: Its settings.
        store: What outlives the server.
        delivery: The way back to the page.
        handle: Rasa's handler.
    """

    def __init__(
        self,
        channel: str,
        settings: WebSettings,
        store: Store,
        delivery: Delivery,
        handle: Callable[[UserMessage], Awaitable[Any]],
    ) -> None:
        self._channel = channel
        self._settings = settings
        self._store = store
        self._delivery = delivery
        self._handle = handle
        self._inbox = Inbox(store, channel, lease_seconds=_LEASE)
        self._running: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None

    async def accept(self, session: str, data: Any) -> dict[str, Any]:
        """Take a message in; the answer goes to the page, the turn runs on its own.

        Raises:
            Refused: The message is not taken.
        """
        settings = self._settings
        message = read_message(data, session, settings.metadata_key, settings.max_length)
        try:
            await self._limit(session)
            if message.text.startswith("/"):
                offered = await self._delivery.issued(session, message.text)
                if not offered:
                    message = replace(message, text=without_slash(message.text))
            await self._delivery.touch(session)
            if not await self._inbox.accept(message.key, message.dumps()):
                finished = await self._inbox.outcome(message.key) is not None
                return {"accepted": True, "finished": finished}
        except StoreError as error:
            logger.error("A message from a web page is not taken: %s", error)
            raise Refused("unavailable", wait=5.0) from None
        self._start(message)
        return {"accepted": True, "finished": False}

    def begin(self) -> None:
        """Start to look for messages that a crashed server left."""
        self._looking = asyncio.get_running_loop().create_task(self._take_over())

    async def end(self) -> None:
        """Stop; what is not finished soon is left for the next server."""
        if self._looking is not None:
            self._looking.cancel()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=_GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        try:
            await self._inbox.close()
        except StoreError as error:
            logger.warning("The web channel's inbox is not closed: %s", error)

    def _start(self, message: CustomerMessage) -> None:
        # asyncio itself holds tasks weakly.
        task = asyncio.get_running_loop().create_task(self._turn(message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _limit(self, session: str) -> None:
        now = time.time()
        minute = int(now // 60)
        count = await self._store.increment(f"web:rate:{session}:{minute}", 60)
        if count > self._settings.messages_per_minute:
            raise Refused("rate", wait=round((minute + 1) * 60 - now + 0.5, 1))

    async def _take_over(self) -> None:
        while True:
            try:
                for _, payload in await self._inbox.abandoned():
                    logger.info("Going on with a message that another server left.")
                    self._start(CustomerMessage.loads(payload))
            except StoreError as error:
                logger.error("The web channel cannot look for messages left behind: %s", error)
            await asyncio.sleep(_LOOK)

    async def _turn(self, message: CustomerMessage) -> None:
        """Have the assistant handle a message, and note it."""
        output = WebOutput(self._delivery, strict=False)
        try:
            while True:
                try:
                    await self._handle(
                        UserMessage(
                            message.text,
                            output,
                            message.session,
                            input_channel=self._channel,
                            metadata=message.metadata,
                        )
                    )
                    break
                except LockError:
                    # The turns before it in this conversation take long; its own is to come.
                    logger.warning("A conversation is busy for long; trying again.")
                    await asyncio.sleep(1.0)
        except Exception:
            logger.exception("A message from a web page was not handled.")
        try:
            await self._inbox.finish(message.key)
        except StoreError as error:
            logger.error("A handled message from a web page is not noted: %s", error)
        await self._delivery.emit(FINISHED_EVENT, {"id": message.id}, message.session)
