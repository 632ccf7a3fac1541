"""Handling what was accepted, each thing once, whatever happens to the process meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from rasa.core.channels.channel import UserMessage

from xiaoer.channels.slack.home import HomeGreeting
from xiaoer.channels.slack.incoming import Incoming, Pressed
from xiaoer.channels.slack.places import Places
from xiaoer.channels.slack.pressed import after
from xiaoer.channels.slack.protocol.client import SlackClient
from xiaoer.channels.slack.protocol.errors import NotDelivered
from xiaoer.channels.slack.slack_output import SlackOutput
from xiaoer.channels.slack.texts import Texts
from xiaoer.channels.storage import Inbox, Store, StoreError

logger = logging.getLogger(__name__)

# Both events of one message come within seconds; Slack tries again for an hour.
_MENTION_SECONDS = 3_600
# Longer than an answer usually takes; what is cut off is taken up by the next process.
_PATIENCE = 10.0


class Turns:
    """Answers Slack at once and handles in the background.

    Args:
        client: Slack's Web API.
        texts: The connector's own texts.
        store: Shared by the workers.
        handle: Rasa's handler of messages.
        lease_seconds: After how many seconds of silence another worker's messages are taken up.
    """

    def __init__(
        self,
        client: SlackClient,
        texts: Texts,
        store: Store,
        handle: Callable[[UserMessage], Awaitable[Any]],
        lease_seconds: float,
    ) -> None:
        self._places = Places(store)
        self._client = client
        self._texts = texts
        self._store = store
        self._handle = handle
        self._inbox = Inbox(store, "slack", lease_seconds=lease_seconds)
        self._every = lease_seconds / 3
        self._greeting = HomeGreeting(client, texts, store)
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None

    async def accept(self, incoming: Incoming) -> bool:
        """Take something in; False when it was taken in before.

        Raises:
            StoreError: It could not be kept; Slack is to send it again.
        """
        if not await self._inbox.accept(incoming.key, incoming.packed()):
            return False
        if incoming.message and not await self._is_first(incoming.message):
            await self._inbox.finish(incoming.key)
            return False
        if incoming.pressed:
            self._start(self._show_pressed(incoming.pressed))
        self._start(self._turn(incoming))
        return True

    async def _is_first(self, message: str) -> bool:
        """Whether a message, which may come as a message and as a mention, came in no way yet."""
        try:
            return await self._store.add(f"slack:message:{message}", "", _MENTION_SECONDS)
        except StoreError:
            # It is accepted already: Slack would send it again in vain.
            return True

    def greet(self, user: str) -> None:
        """Show the greeting in the Home tab to a user."""
        self._start(self._greeting.show(user))

    def watch(self) -> None:
        """From now on take up what other processes have left."""
        self._watch = asyncio.create_task(self._take_up())

    async def close(self) -> None:
        """Wait a while for what is under way; the rest is another process's."""
        if self._watch is not None:
            self._watch.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_PATIENCE)
            for task in late:
                task.cancel()
        try:
            await self._inbox.close()
        except StoreError as error:
            logger.warning("Slack: the store does not answer: %s", error)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        # The event loop itself keeps tasks only weakly.
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("Slack: a background task failed.", exc_info=task.exception())

    async def _turn(self, incoming: Incoming) -> None:
        place = incoming.place
        spent = 1 if incoming.pressed and incoming.pressed.response_url else 0
        output = SlackOutput(self._client, self._texts, place, spent=spent, answering=True)
        try:
            await self._places.remember(incoming.conversation, place)
        except StoreError as error:
            logger.error("Slack: where the customer writes was not kept: %s", error)
        message = UserMessage(
            incoming.text,
            output,
            incoming.conversation,
            input_channel=SlackOutput.name(),
            message_id=incoming.key,
            metadata=incoming.metadata,
        )
        try:
            await self._handle(message)
        except Exception:
            logger.exception("A message on Slack was not handled.")
            language = self._texts.language_of(incoming.text)
            await output.send_text_message(
                incoming.conversation, self._texts.say("failed", language)
            )
        await self._inbox.finish(incoming.key)

    async def _resume(self, key: str, packed: str) -> None:
        try:
            incoming = Incoming.unpacked(packed)
        except (ValueError, TypeError, KeyError):
            logger.error("Slack: a message was left by another version, which cannot be read.")
            await self._inbox.finish(key)
            return
        await self._turn(incoming)

    async def _show_pressed(self, pressed: Pressed) -> None:
        try:
            if pressed.response_url:
                changed = after(pressed)
                await self._client.respond(pressed.response_url, replace_original=True, **changed)
            else:
                await self._client.call(
                    "chat_update", channel=pressed.channel, ts=pressed.ts, **after(pressed)
                )
        except NotDelivered as error:
            logger.warning("A pressed button on Slack still shows as one: %s", error)

    async def _take_up(self) -> None:
        while True:
            try:
                for key, packed in await self._inbox.abandoned():
                    logger.warning("Slack: a message that a stopped process left is handled now.")
                    self._start(self._resume(key, packed))
            except StoreError as error:
                logger.error("Slack: the store does not answer: %s", error)
            await asyncio.sleep(self._every)
