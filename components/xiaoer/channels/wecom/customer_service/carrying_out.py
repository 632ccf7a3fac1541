"""A turn's steps, carried out one after another."""

from __future__ import annotations

import hashlib
import logging
from functools import partial
from typing import Any

from xiaoer.channels.wecom.customer_service.allowance import Allowance
from xiaoer.channels.wecom.customer_service.entries import Entry
from xiaoer.channels.wecom.customer_service.sending import Sender
from xiaoer.channels.wecom.customer_service.sessions import Sessions, State
from xiaoer.channels.wecom.delivery import NotDelivered, persistently
from xiaoer.channels.wecom.outbox import Outbox

logger = logging.getLogger(__name__)

_OVER = frozenset({95001, 95002, 95013})
_WRONG_STATE = 95018


class _Waits(Exception):
    """The customer may not be written to until they write."""


class _Silent(Exception):
    """The session is not the bot's any more."""


class Turns:
    """Delivers turns: each message once, in order, and no more than the platform allows."""

    def __init__(
        self, sender: Sender, sessions: Sessions, allowance: Allowance, outbox: Outbox
    ) -> None:
        self._sender = sender
        self._sessions = sessions
        self._allowance = allowance
        self._outbox = outbox

    async def carry_out(self, entry: Entry, steps: list[dict[str, Any]], left: bool) -> None:
        """Carry out the steps that answer an entry.

        What the customer may not be sent now waits for their next message; what a servicer's
        session does not allow is left out. Moves of the session are made in any case.

        Args:
            entry: What is answered.
            steps: All steps of the turn.
            left: Whether a process that is gone had begun.
        """
        # The same ids after a crash: the platform takes each once.
        named = hashlib.sha256(entry.key.encode()).hexdigest()[:24]
        done = await self._outbox.delivered(entry.key) if left else 0
        waiting: list[dict[str, Any]] = []
        silent = False
        for index, step in enumerate(steps[done:], done):
            try:
                if "msgtype" not in step:
                    await self._move(entry, step)
                elif waiting:
                    waiting.append(step)
                elif not silent:
                    await self._send(entry, step, f"{named}-{index}", left and index == done)
            except _Waits:
                waiting.append(step)
            except _Silent:
                silent = True
            except NotDelivered as error:
                logger.error("A message to a customer was not delivered. %s", error)
            if not waiting:
                await self._outbox.note(entry.key, index + 1)
        if waiting:
            held = await self._allowance.held(entry.account, entry.customer)
            await self._allowance.hold(entry.account, entry.customer, [*waiting, *held])
            await self._outbox.note(entry.key, len(steps))

    async def is_bots(self, entry: Entry) -> bool:
        """Tell whether the bot may answer, however long it takes to find out.

        Raises:
            NotDelivered: The platform did not say for ten minutes.
        """
        return await persistently(lambda _: self._sessions.is_bots(entry.account, entry.customer))

    async def _send(
        self, entry: Entry, message: dict[str, Any], message_id: str, again: bool
    ) -> None:
        account, customer = entry.account, entry.customer
        send = partial(self._sender.send, account, customer, message, message_id)
        try:
            try:
                await persistently(send, again)
            except NotDelivered as error:
                if error.code != _WRONG_STATE:
                    raise
                # What we knew of the state was old; the session may be the bot's again.
                await self._sessions.forget(account, customer)
                if not await self.is_bots(entry):
                    raise
                await persistently(send, again)
        except NotDelivered as error:
            if error.code in _OVER:
                raise _Waits from None
            if error.code != _WRONG_STATE:
                raise
            state = await persistently(lambda _: self._sessions.state(account, customer))
            if state is State.ENDED:
                raise _Waits from None
            logger.info("A servicer has the session: the bot is silent.")
            raise _Silent from None

    async def _move(self, entry: Entry, step: dict[str, Any]) -> None:
        code = await persistently(
            lambda _: self._sessions.move(entry.account, entry.customer, step)
        )
        if code and step.get("text"):
            text = {"msgtype": "text", "text": {"content": step["text"]}}
            await self._sender.send_on_event(code, text)
