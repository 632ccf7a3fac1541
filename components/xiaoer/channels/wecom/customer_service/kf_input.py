"""The connector of WeChat customer service."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel
from sanic import Request
from sanic.response import HTTPResponse, text

from xiaoer.channels.tencent.words import as_words
from xiaoer.channels.wecom.channel import WeComChannel
from xiaoer.channels.wecom.customer_service.allowance import Allowance, portion
from xiaoer.channels.wecom.customer_service.carrying_out import Turns
from xiaoer.channels.wecom.customer_service.composing import Composed, Composer, as_one
from xiaoer.channels.wecom.customer_service.entries import Entry, Failure, read_entry
from xiaoer.channels.wecom.customer_service.pictures import Pictures
from xiaoer.channels.wecom.customer_service.pulling import Puller
from xiaoer.channels.wecom.customer_service.pushing import PushOutput
from xiaoer.channels.wecom.customer_service.sending import Sender
from xiaoer.channels.wecom.customer_service.sessions import Sessions
from xiaoer.channels.wecom.delivery import NotDelivered
from xiaoer.channels.wecom.settings import Credentials, Settings

logger = logging.getLogger(__name__)

# A failed delivery that the customer's next message puts right: too late, session over, too many.
_WAITING_FAILURES = frozenset({4, 5, 6})
_CODE_SECONDS = 20.0


class WeComCustomerServiceInput(WeComChannel):
    """Customers write from WeChat to an account of customer service (微信客服).

    Callbacks carry no content: the connector pulls the account's log from a cursor. The bot answers
    in sessions that are new or its own, and is silent where a servicer has the customer.

    Args:
        settings: What both connectors have.
        accounts: The `open_kfid`s that are served; all when empty. With exactly one, sender ids
            are `external_userid`, otherwise `open_kfid:external_userid`.

    Source: https://developer.work.weixin.qq.com/document/path/94638
    """

    def __init__(self, settings: Settings, accounts: list[str] | None = None) -> None:
        super().__init__(settings)
        self._accounts = accounts or []
        self._pictures = Pictures(self._api, self._store, settings.api_timeout)
        self._composer = Composer(settings.texts, self._pictures)
        self._sessions = Sessions(self._api, self._store)
        self._allowance = Allowance(self._store)
        self._sender = Sender(self._api, self._store, self._allowance)
        self._turns = Turns(self._sender, self._sessions, self._allowance, self._outbox)
        self._puller = Puller(self._api, self._store, self._accept, self._lanes)
        self._begun = False

    @classmethod
    def name(cls) -> str:
        """Return `wecom_kf`."""
        return "wecom_kf"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> InputChannel:
        """Create the connector from its entry in `credentials.yml`.

        Raises:
            RasaException: Something is missing or malformed; one sentence says what to do.
        """
        given = Credentials(cls.name(), credentials, ("open_kfid",))
        return cls(given.settings(), given.items("open_kfid"))

    def get_output_channel(self) -> OutputChannel:
        """Return what pushes by the API; it raises `NotDelivered`."""
        return PushOutput(
            self.name(),
            self._sender,
            self._composer,
            self._sessions,
            self._allowance,
            self._customer_of,
        )

    async def _receive(self, request: Request, fields: dict[str, Any]) -> HTTPResponse:
        account, token = fields.get("OpenKfId"), fields.get("Token")
        told = fields.get("Event") == "kf_msg_or_event" and isinstance(account, str)
        if told and (account in self._accounts or not self._accounts):
            await self._puller.want(str(account), token if isinstance(token, str) else "")
        return text("")

    async def _look_after(self) -> None:
        if not self._begun:
            await self._puller.start_known(self._accounts)
            self._begun = True
        await self._puller.start_due()

    async def _accept(self, raw: dict[str, Any]) -> None:
        try:
            entry = read_entry(raw)
        except (TypeError, ValueError):
            # One entry that nobody can read must not keep the others back.
            logger.warning("An entry of the log cannot be read and is left out.")
            return
        if entry is not None and await self._inbox.accept(entry.key, json.dumps(raw)):
            self._put(entry, left=False)

    def _take_up(self, key: str, payload: str) -> None:
        entry = read_entry(json.loads(payload))
        if entry is not None:
            self._put(entry, left=True)

    def _put(self, entry: Entry, left: bool) -> None:
        settle = partial(self._settle, entry.key, partial(self._handle, entry), left)
        self._lanes.put(f"{entry.account}:{entry.customer}", settle)

    async def _handle(self, entry: Entry, left: bool) -> None:
        if entry.failure is not None:
            await self._hold_failed(entry, entry.failure)
        elif entry.event:
            await self._answer_event(entry)
        else:
            await self._answer(entry, left)
        await self._inbox.finish(entry.key)
        await self._outbox.forget(entry.key)

    async def _answer(self, entry: Entry, left: bool) -> None:
        account, customer = entry.account, entry.customer
        turn = await self._outbox.kept(entry.key) if left else None
        left = turn is not None
        if turn is None:
            await self._allowance.renew(account, customer)
            words = await self._meaning(entry)
            if not words:
                return None
            if not await self._turns.is_bots(entry):
                # A person has gone on from there.
                return await self._allowance.hold(account, customer, [])
            held = await self._allowance.held(account, customer)
            if held and entry.words is not None and self._settings.texts.means_go_on(entry.words):
                composed = Composed()  # they only want to read on
            else:
                composed = await self._ask_and_compose(entry, words)
            allowed = await self._allowance.left(account, customer)
            now, later = portion([*held, *composed.steps], allowed, self._settings.texts)
            turn = {"now": now, "later": later, "menus": composed.menus}
            await self._outbox.keep(entry.key, turn)
        # A turn that was kept before a crash is carried out from here.
        await self._sender.remember(customer, turn["menus"])
        if not left or not await self._outbox.delivered(entry.key):
            await self._allowance.hold(account, customer, turn["later"])
        return await self._turns.carry_out(entry, turn["now"], left)

    async def _answer_event(self, entry: Entry) -> None:
        """Let the bot answer an event, which takes a code and one message."""
        account, customer = entry.account, entry.customer
        await self._sessions.forget(account, customer)
        code = entry.code if time.time() - entry.sent_at < _CODE_SECONDS else ""
        # A welcome that cannot be sent is not said.
        if (not code and entry.event == "enter_session") or not await self._knows(entry.intent):
            return
        composed = await self._ask_and_compose(entry, entry.payload)
        message = as_one(composed.steps)
        if message is None or not code:
            return
        await self._sender.remember(customer, composed.menus)
        try:
            await self._sender.send_on_event(code, message)
        except NotDelivered as error:
            logger.warning("The answer to an event was not delivered. %s", error)

    async def _hold_failed(self, entry: Entry, failure: Failure) -> None:
        message = await self._sender.failed(failure.msgid)
        logger.warning("A message failed with type %d after it was taken.", failure.kind)
        if message is not None and failure.kind in _WAITING_FAILURES:
            held = await self._allowance.held(entry.account, entry.customer)
            await self._allowance.hold(entry.account, entry.customer, [*held, message])

    async def _ask_and_compose(self, entry: Entry, words: str) -> Composed:
        metadata = {"wecom_kf": entry.metadata}
        bubbles = await self._ask(self._sender_id(entry), words, entry.key, metadata)
        named = hashlib.sha256(entry.key.encode()).hexdigest()[:24]
        return await self._composer.compose(bubbles, named)

    async def _meaning(self, entry: Entry) -> str:
        """Return what Rasa is given: a payload of ours, or words."""
        if entry.words is None:
            return entry.payload
        clicked = None
        if entry.menu_id:
            clicked = await self._sender.clicked(entry.customer, entry.menu_id)
        return clicked if clicked is not None else as_words(entry.words)

    def _sender_id(self, entry: Entry) -> str:
        if len(self._accounts) == 1:
            return entry.customer
        return f"{entry.account}:{entry.customer}"

    def _customer_of(self, sender_id: str) -> tuple[str, str]:
        if len(self._accounts) == 1:
            return self._accounts[0], sender_id
        account, _, customer = sender_id.partition(":")
        if not customer:
            raise NotDelivered("The conversation is not one of customer service.")
        return account, customer

    async def _stop(self) -> None:
        await super()._stop()
        await self._pictures.close()
