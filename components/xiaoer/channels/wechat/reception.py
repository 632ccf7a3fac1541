"""Takes messages in, has each answered once, and answers every delivery of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict

import structlog

from xiaoer.channels.storage import Inbox, Store, StoreError
from xiaoer.channels.wechat.answering import Answering
from xiaoer.channels.wechat.claims import Claims
from xiaoer.channels.wechat.connection import Connection
from xiaoer.channels.wechat.customer_service import CustomerService
from xiaoer.channels.wechat.delivery import Delivery
from xiaoer.channels.wechat.exchange import Exchange
from xiaoer.channels.wechat.incoming import Incoming
from xiaoer.channels.wechat.kept_answers import KeptAnswers
from xiaoer.channels.wechat.outbox import Outbox, Posted
from xiaoer.channels.wechat.parts import Text, from_json, to_json
from xiaoer.channels.wechat.passive_reply import passive_reply
from xiaoer.channels.wechat.settings import WeChatSettings
from xiaoer.channels.wechat.tasks import BackgroundTasks
from xiaoer.channels.wechat.texts import Texts
from xiaoer.channels.wechat.turns import Turns

log = structlog.get_logger()

#: Deliveries of one message that the platform tries, and the seconds it waits for each.
_TRIES, _PLATFORM_WAITS = 3, 5.0
#: Seconds until which a reply may be written that was claimed within the deadline.
_AT_LAST = 4.8
#: Seconds between two looks at what another worker does.
_LOOK = 0.2
#: Seconds before an answer is tried again that a failing store held up.
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
#: Seconds for which deliveries are counted and an answer waits for a repeat.
_TRIES_KNOWN, _ANSWER_KEPT = 86400.0, 3600.0


class Reception:
    """The channel's front desk.

    Args:
        store: Shared by all workers.
        inbox: Of the channel, in that store.
        claims: Who delivers which answer.
        settings: The channel's.
        texts: The channel's own texts.
        answering: Makes answers.
        delivery: Delivers them.
        outbox: Sends what crashed workers left.
        kept: Answers that wait.
        service: Says whether answers can be sent later.
        tasks: Where work goes on.
    """

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        claims: Claims,
        settings: WeChatSettings,
        texts: Texts,
        answering: Answering,
        delivery: Delivery,
        outbox: Outbox,
        kept: KeptAnswers,
        service: CustomerService,
        tasks: BackgroundTasks,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._claims = claims
        self._settings = settings
        self._texts = texts
        self._answering = answering
        self._delivery = delivery
        self._outbox = outbox
        self._kept = kept
        self._service = service
        self._tasks = tasks
        self._turns = Turns()
        self._exchanges: dict[str, Exchange] = {}

    async def accept(self, incoming: Incoming, connection: Connection) -> int:
        """Take in one delivery, and return its number among those of the message.

        Not to be cancelled when the platform hangs up: what it has handed over is handled.

        Raises:
            StoreError: The store does not answer; the platform will deliver the message again.
        """
        arrived = time.time()
        payload = json.dumps({"message": asdict(incoming), "arrived": arrived}, ensure_ascii=False)
        if await self._inbox.accept(incoming.key, payload):
            self._begin(incoming, arrived)
            return 1
        number = 1 + await self._store.increment(f"tries:wechat:{incoming.key}", _TRIES_KNOWN)
        # One that is over may have come late, after the delivery that followed it.
        if number <= _TRIES and connection.open():
            self._tasks.start(self._look_back(incoming, connection))
        return number

    async def reply(self, incoming: Incoming, number: int, connection: Connection) -> str:
        """Return the reply to a delivery, as XML; empty for none.

        It counts as delivered: nothing may be awaited between here and its writing. Cancelled
        when the platform hangs up, it leaves the answer to another way.

        Args:
            incoming: The message.
            number: The delivery's, from `accept`.
            connection: The delivery's.

        Raises:
            StoreError: The store does not answer; the platform will deliver the message again.
        """
        if not connection.open():
            # It may have been counted after a later delivery, so its number tells nothing.
            return ""
        deadline = connection.arrived + self._settings.reply_deadline
        reply = await self._reply_by(incoming, number, connection, deadline)
        if reply is not None:
            return reply
        if await self._service.allowed() or not connection.open():
            return ""
        if number < _TRIES:
            # An answer now would end the tries; the platform hangs up and asks again.
            hangs_up = connection.arrived + _PLATFORM_WAITS + 0.5
            await asyncio.sleep(max(0.0, hangs_up - time.monotonic()))
            return ""
        return await self._go_on(incoming, connection)

    async def recover(self) -> None:
        """Take up what crashed workers left: messages, and answers that were to be sent."""
        for _, payload in await self._inbox.abandoned():
            noted = json.loads(payload)
            log.info("wechat.message.recovered")
            self._begin(Incoming(**noted["message"]), noted["arrived"], recovered=True)
        for messages in await self._outbox.abandoned():
            self._tasks.start(self._resend(messages))

    async def close(self) -> None:
        """Give up what is unfinished, for another worker to take up."""
        await self._inbox.close()
        await self._outbox.close()

    def _begin(self, incoming: Incoming, arrived: float, recovered: bool = False) -> None:
        language = self._texts.language_of(incoming.text or "")
        exchange = Exchange(incoming, arrived, language, recovered)
        self._exchanges[incoming.key] = exchange
        self._tasks.start(self._work(exchange))

    async def _work(self, exchange: Exchange) -> None:
        """Answer a message in its turn."""
        try:
            async with self._turns.take(exchange.sender):
                await self._persevere(self._answer, exchange)
        finally:
            self._exchanges.pop(exchange.key, None)

    async def _persevere(
        self, work: Callable[[Exchange], Awaitable[None]], exchange: Exchange
    ) -> None:
        """Do the work; when the store fails, try again what is not done yet."""
        for pause in (*_PAUSES, None):
            try:
                await work(exchange)
                return
            except StoreError as error:
                log.error("wechat.store.failed", reason=str(error))
                if pause is None:
                    raise
                await asyncio.sleep(pause)

    async def _answer(self, exchange: Exchange) -> None:
        if exchange.recovered and exchange.claim is None:
            exchange.learn(await self._claims.last(exchange.key))
        if exchange.claim is None:
            await self._make(exchange)
        exchange.ready.set()
        await self._delivery.settle(exchange)

    async def _make(self, exchange: Exchange) -> None:
        """Make the answer."""
        stored = f"answer:wechat:{exchange.key}"
        if exchange.parts is None:
            before = await self._store.get(stored) if exchange.recovered else None
            if before is None:
                exchange.parts = await self._answering.answer(exchange)
            else:
                exchange.parts = from_json(before)
        words = " ".join(part.text for part in exchange.parts if isinstance(part, Text))
        exchange.language = self._texts.language_of(words or exchange.incoming.text or "")
        if exchange.parts and not await self._service.allowed():
            # For the worker that the platform asks next.
            await self._store.set(stored, to_json(exchange.parts), _ANSWER_KEPT)

    async def _reply_by(
        self, incoming: Incoming, number: int, connection: Connection, deadline: float
    ) -> str | None:
        """Return the reply, or None when there is none by the deadline."""
        while True:
            exchange = self._exchanges.get(incoming.key)
            if exchange is None or exchange.settled:
                reply = await self._reply_to_repeat(incoming, number, connection, deadline)
            else:
                reply = await self._reply_of(exchange, number, connection, deadline)
            left = deadline - time.monotonic()
            if reply is not None or left <= 0 or not connection.open():
                return reply
            await asyncio.sleep(min(_LOOK, left))

    async def _reply_of(
        self, exchange: Exchange, number: int, connection: Connection, deadline: float
    ) -> str | None:
        """Return the reply of an exchange, if this delivery may carry it."""
        with exchange.request(number):
            try:
                left = max(0.0, deadline - time.monotonic())
                await asyncio.wait_for(exchange.ready.wait(), left)
            except asyncio.TimeoutError:
                return None
            if exchange.silent:
                return ""
            reply = await self._delivery.passive(exchange, number, connection.open)
            # Late, for the server is busy, or the platform has hung up: it goes another way.
            at_last = max(deadline, connection.arrived + _AT_LAST)
            if reply and (time.monotonic() > at_last or not connection.open()):
                return None
            if reply is not None:
                exchange.take(number)
            return reply

    async def _reply_to_repeat(
        self, incoming: Incoming, number: int, connection: Connection, deadline: float
    ) -> str | None:
        """Return the reply to a message that another worker answers, or has answered."""
        finished = await self._inbox.outcome(incoming.key) is not None
        claim = await self._claims.last(incoming.key)
        stored = None
        if claim is None and finished:
            return ""
        if claim is None:
            # Without customer-service messages whoever has a request open delivers the answer.
            if not await self._service.allowed():
                stored = await self._store.get(f"answer:wechat:{incoming.key}")
            if stored is None:
                return None
        language = self._texts.language_of(incoming.text or "")
        first_came = time.time() - (number - 1) * _PLATFORM_WAITS
        exchange = Exchange(incoming, first_came, language, owned=False)
        if claim is not None:
            exchange.claim, exchange.language = claim, claim.language
            if number > _TRIES and claim.first and not claim.final:
                # More repeats than the platform makes: nobody's answer depends on them.
                return self._delivery.reply(exchange, claim.first)
        elif stored is not None:
            exchange.parts = from_json(stored)
        exchange.ready.set()
        try:
            return await self._reply_of(exchange, number, connection, deadline)
        finally:
            if exchange.missed:
                self._tasks.start(self._persevere(self._delivery.settle, exchange))

    async def _look_back(self, incoming: Incoming, connection: Connection) -> None:
        """Take a reply back that a repeat shows to be unread, when that has not carried it."""
        arrived = time.time() - (time.monotonic() - connection.arrived)
        await asyncio.sleep(arrived + _PLATFORM_WAITS + 0.5 - time.time())
        exchange = Exchange(incoming, arrived, self._settings.language, owned=False)

        async def look(exchange: Exchange) -> None:
            claim = await self._claims.last(incoming.key)
            if claim is not None and claim.at < arrived:
                exchange.learn(claim)
                exchange.missed.add(claim.delivery)
                await self._delivery.settle(exchange)

        await self._persevere(look, exchange)

    async def _go_on(self, incoming: Incoming, connection: Connection) -> str:
        """Return the reply that asks the customer to come back for the answer."""
        await self._kept.offer(incoming.sender, incoming.key)
        if not connection.open():
            await self._kept.withdraw(incoming.sender)
            return ""
        exchange = self._exchanges.get(incoming.key)
        if exchange:
            exchange.offered = True
        text = self._texts.get("go_on", self._texts.language_of(incoming.text or ""))
        return passive_reply(Text(text), incoming.sender, incoming.receiver, "")

    async def _resend(self, messages: list[Posted]) -> None:
        async with self._turns.take(messages[0].sender):
            await self._outbox.send(messages)
