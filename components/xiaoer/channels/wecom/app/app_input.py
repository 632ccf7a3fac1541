"""The connector of a self-built app."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel
from sanic import Request
from sanic.response import HTTPResponse, text

from xiaoer.channels.tencent.words import as_words
from xiaoer.channels.wecom.app.composing import BUTTONS, CARDS, Composed, Composer
from xiaoer.channels.wecom.app.incoming import Incoming, read_incoming
from xiaoer.channels.wecom.app.passive import PassiveReply, reply_xml
from xiaoer.channels.wecom.app.sending import PushOutput, Sender
from xiaoer.channels.wecom.channel import WeComChannel
from xiaoer.channels.wecom.delivery import NotDelivered, persistently
from xiaoer.channels.wecom.settings import Credentials, Settings

logger = logging.getLogger(__name__)


class WeComInput(WeComChannel):
    """Members write to a self-built app of WeCom (企业微信), the bot answers.

    The platform wants an answer within 5 s and asks three times. A turn that is ready by then and
    is one text is the callback's answer; everything else is sent by the API.

    Args:
        settings: What both connectors have.
        agent_id: The app's id.
        buttons: `card` or `numbers`.
        cards: `news`, `textcard` or `markdown`.
        reply_deadline: How long a callback waits for the turn.

    Source: https://developer.work.weixin.qq.com/document/path/90238
    """

    def __init__(
        self,
        settings: Settings,
        agent_id: int,
        buttons: str = BUTTONS[0],
        cards: str = CARDS[0],
        reply_deadline: float = 4.5,
    ) -> None:
        super().__init__(settings)
        self._agent_id = agent_id
        self._reply_deadline = reply_deadline
        self._composer = Composer(settings.texts, buttons, cards)
        self._sender = Sender(self._api, self._store, agent_id, settings.texts)
        self._passive: dict[str, PassiveReply] = {}

    @classmethod
    def name(cls) -> str:
        """Return `wecom`."""
        return "wecom"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> InputChannel:
        """Create the connector from its entry in `credentials.yml`.

        Raises:
            RasaException: Something is missing or malformed; one sentence says what to do.
        """
        own = ("agent_id", "buttons", "cards", "reply_deadline")
        given = Credentials(cls.name(), credentials, own)
        settings = given.settings("agent_id")
        if not given.text("agent_id").isdigit():
            raise given.error("needs the app's number, such as 1000002, for agent_id")
        return cls(
            settings,
            int(given.text("agent_id")),
            given.choice("buttons", BUTTONS),
            given.choice("cards", CARDS),
            given.number("reply_deadline", 4.5),
        )

    def get_output_channel(self) -> OutputChannel:
        """Return what pushes by the API; it raises `NotDelivered`."""
        return PushOutput(self.name(), self._sender, self._composer)

    async def _receive(self, request: Request, fields: dict[str, Any]) -> HTTPResponse:
        incoming = read_incoming(fields)
        if incoming is None or fields.get("AgentID", "") not in ("", str(self._agent_id)):
            return text("")
        key = incoming.key
        if await self._inbox.accept(key, json.dumps(fields)):
            reply = PassiveReply()
            self._passive[key] = reply
            task = self._put(incoming, reply)
            task.add_done_callback(lambda _: self._passive.pop(key).answer(""))
            said = await reply.wait(self._reply_deadline) if incoming.passive else ""
        else:
            said = await self._said_before(key)
        if not said:
            return text("")
        plain = reply_xml(incoming.sender, self._settings.corp_id, said, int(time.time()))
        return text(self._callback.reply(request, plain), content_type="application/xml")

    async def _said_before(self, key: str) -> str:
        """Return what a repeated delivery is answered: the same, if that is known in time."""
        outcome = await self._inbox.outcome(key)
        reply = self._passive.get(key)
        if outcome is None and reply is not None:
            return await reply.wait(self._reply_deadline)
        return outcome or ""

    def _take_up(self, key: str, payload: str) -> None:
        incoming = read_incoming(json.loads(payload))
        if incoming is not None:
            self._put(incoming, None)

    def _put(self, incoming: Incoming, reply: PassiveReply | None) -> asyncio.Task[None]:
        handle = partial(self._handle, incoming, reply)
        settle = partial(self._settle, incoming.key, handle, left=reply is None)
        return self._lanes.put(incoming.sender, settle)

    async def _handle(self, incoming: Incoming, reply: PassiveReply | None, left: bool) -> None:
        """Let the bot answer and deliver what it says.

        Args:
            incoming: The message.
            reply: The callback's answer; None for a message that another process left.
            left: Whether its handling may have been begun before.
        """
        key, member = incoming.key, incoming.sender
        turn = await self._outbox.kept(key) if left else None
        left = turn is not None
        if turn is None:
            words = await self._meaning(incoming)
            if not words:
                return await self._inbox.finish(key)
            bubbles = await self._ask(member, words, key, {"wecom": incoming.metadata})
            # Task ids take letters and digits; the key names the same turn after a crash.
            named = hashlib.sha256(key.encode()).hexdigest()[:32]
            composed = self._composer.compose(bubbles, named)
            said = composed.passive
            if reply is not None and incoming.passive and said is not None and reply.claim():
                await self._sender.remember(member, composed)
                await self._inbox.finish(key, said)
                return reply.answer(said)
            turn = asdict(composed)
            await self._outbox.keep(key, turn)
        await self._sender.remember(member, Composed(**turn))
        await self._deliver(key, member, turn["messages"], left)
        await self._inbox.finish(key)
        return await self._outbox.forget(key)

    async def _deliver(
        self, key: str, member: str, messages: list[dict[str, Any]], left: bool
    ) -> None:
        delivered = await self._outbox.delivered(key) if left else 0
        for count, message in enumerate(messages[delivered:], delivered + 1):
            try:
                await persistently(partial(self._sender.send, member, message), left)
            except NotDelivered as error:
                logger.error("A message to a member was not delivered. %s", error)
                return
            left = False
            await self._outbox.note(key, count)

    async def _meaning(self, incoming: Incoming) -> str | None:
        """Return what Rasa is given; None for what is not its business."""
        member = incoming.sender
        if incoming.words is not None:
            chosen = await self._sender.chosen(member, incoming.words)
            return chosen if chosen is not None else as_words(incoming.words)
        if incoming.press is not None:
            button = await self._sender.pressed(member, incoming.press)
            if button is None:
                return None
            show = partial(self._sender.show_pressed, member, incoming.press, button["title"])
            self._lanes.put(f"card:{incoming.press.task_id}", show)
            return str(button["payload"])
        if incoming.event and incoming.intent and not await self._knows(incoming.intent):
            return None
        return incoming.payload
