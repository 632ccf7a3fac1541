"""How an answer reaches the customer: passively, later, or with the next message."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from xiaoer.channels.storage import Inbox
from xiaoer.channels.wechat.claims import Claim, Claims
from xiaoer.channels.wechat.customer_service import CustomerService
from xiaoer.channels.wechat.exchange import Exchange
from xiaoer.channels.wechat.kept_answers import KeptAnswers
from xiaoer.channels.wechat.outbox import Outbox, Posted
from xiaoer.channels.wechat.parts import Choices, Image, Part, pack
from xiaoer.channels.wechat.passive_reply import passive_reply
from xiaoer.channels.wechat.planning import plan
from xiaoer.channels.wechat.quota import Quota
from xiaoer.channels.wechat.settings import WeChatSettings
from xiaoer.channels.wechat.texts import Texts

#: Seconds after its first delivery at which the platform has given a message up: three tries of
#: five seconds, and a little for the way.
GIVEN_UP = 16.0
#: Seconds between two looks at what other workers did.
_LOOK = 0.3
#: Seconds for the passive reply to reach the customer before what comes after it.
_AHEAD = 0.3


class Delivery:
    """Delivers each answer once, by whoever claims it.

    The platform delivers a message again only when it has given up the delivery before. So a
    later delivery overrules the claim of an earlier one; and what is sent by customer-service
    messages, or kept, overrules a delivery only when that is known to have missed its reply.

    Args:
        claims: Where claims are noted.
        inbox: Where it is noted what has been handled.
        outbox: Sends later.
        kept: What waits for the next message.
        service: Says whether messages can be sent later.
        quota: Says how many.
        settings: The channel's.
        texts: The channel's own texts.
    """

    def __init__(
        self,
        claims: Claims,
        inbox: Inbox,
        outbox: Outbox,
        kept: KeptAnswers,
        service: CustomerService,
        quota: Quota,
        settings: WeChatSettings,
        texts: Texts,
    ) -> None:
        self._claims = claims
        self._inbox = inbox
        self._outbox = outbox
        self._kept = kept
        self._service = service
        self._quota = quota
        self._menus = settings.choices == "menu"
        self._texts = texts

    async def passive(
        self, exchange: Exchange, delivery: int, there: Callable[[], bool]
    ) -> str | None:
        """Claim the answer as the reply to a delivery.

        Args:
            exchange: A message whose answer is known.
            delivery: The delivery's number.
            there: Whether the platform still waits for the reply.

        Returns:
            The reply's XML, empty when nothing is to be said; None when a later delivery has it,
            or nobody is there.
        """
        while there():
            last = exchange.claim
            if last is not None and last.final:
                return ""
            if last is not None and last.delivery >= delivery:
                return None
            planned = last or await self._plan_passive(exchange)
            if planned.first is None:
                return ""
            if await self._claim(exchange, last, planned, delivery):
                return self.reply(exchange, planned.first)
        return None

    async def settle(self, exchange: Exchange) -> None:
        """See that a ready answer is delivered, also when no request takes it."""
        if exchange.silent:
            await self._inbox.finish(exchange.key)
            return
        claim = await self._decided(exchange)
        exchange.settled = True
        if claim is None:
            return
        posted = await self._carry_out(exchange, claim)
        if exchange.owned:
            await self._inbox.finish(exchange.key)
        if posted and not claim.final:
            await asyncio.sleep(_AHEAD)
        await self._outbox.send(posted)

    def reply(self, exchange: Exchange, part: Part) -> str:
        """Return a part as the passive reply's XML."""
        url = part.url if isinstance(part, Image) else ""
        text = self._texts.get("image", exchange.language, url=url)
        incoming = exchange.incoming
        return passive_reply(part, incoming.sender, incoming.receiver, text)

    async def _decided(self, exchange: Exchange) -> Claim | None:
        """Return the claim by which the answer is delivered, this worker's or another's.

        None where this worker only carried the answer, and has nothing more to do with it.
        """
        missed: set[int] = set()
        while True:
            await exchange.quiet()
            if exchange.missed != missed:
                # A claim that a hang-up cut off may stand all the same.
                missed = set(exchange.missed)
                await self._look(exchange)
                continue
            last = exchange.claim
            if last is None and not exchange.owned:
                return None
            # A delivery that came shows that the platform had given up those before.
            missing = last is None or last.missed or last.delivery <= max(missed, default=0)
            if last is not None and (last.final or not missing):
                return last if exchange.owned or exchange.taken_back else None
            if await self._service.allowed() or not await self._may_be_repeated(exchange):
                late = last or await self._plan_late(exchange)
                exchange.taken_back = await self._claim(exchange, last, late, 0)
            elif last is not None and not last.missed:
                # Should this worker die meanwhile, another must know.
                await self._claim(exchange, last, last, last.delivery, missed=True)
            else:
                await asyncio.sleep(_LOOK)
                await self._look(exchange)

    async def _look(self, exchange: Exchange) -> None:
        exchange.learn(await self._claims.last(exchange.key, exchange.claim))

    async def _claim(
        self,
        exchange: Exchange,
        last: Claim | None,
        planned: Claim,
        delivery: int,
        missed: bool = False,
    ) -> bool:
        """Claim the answer, if `last` is the last claim still; else learn which is."""
        claim = replace(
            planned,
            number=last.number + 1 if last else 1,
            delivery=delivery,
            at=time.time(),
            missed=missed,
            owned=exchange.owned,
        )
        made = await self._claims.make(exchange.key, claim)
        if made:
            exchange.learn(claim)
        else:
            await self._look(exchange)
        return made

    async def _carry_out(self, exchange: Exchange, claim: Claim) -> list[Posted]:
        """Keep, and note to be sent, what no passive reply carries.

        The owner does so, but for what a worker took back that had carried a repeat.
        """
        key, sender = exchange.key, exchange.sender
        back = claim.final and claim.owned == exchange.owned
        first = [claim.first] if back and claim.first else []
        rest = [*claim.rest] if exchange.owned else []
        later = [*claim.later] if exchange.owned else []
        posted: list[Posted] = []
        if await self._service.allowed():
            posted = await self._outbox.post(f"{key}:first", sender, claim.language, first)
            posted += await self._outbox.post(key, sender, claim.language, rest)
        else:
            later = [*first, *rest, *later]
        if later and not exchange.kept:
            await self._kept.keep(sender, later)
            exchange.kept = True
            if posted or not claim.final:
                await self._kept.offer(sender, key)
        return posted

    async def _may_be_repeated(self, exchange: Exchange) -> bool:
        """Whether the platform may still deliver the message once more."""
        if exchange.offered or time.time() >= exchange.arrived + GIVEN_UP:
            return False
        return await self._kept.offered(exchange.sender) != exchange.key

    async def _plan_passive(self, exchange: Exchange) -> Claim:
        """Plan the answer as a passive reply and what comes after it."""
        push = await self._service.allowed()
        menus = push and self._menus
        left = await self._left(exchange, menus) if push else 0
        now, later = self._plan(exchange, left + 1, menus)
        if now and isinstance(now[0], Choices) and len(now) > left:
            now, later = self._plan(exchange, left + 1, menus=False)
        # A menu message cannot be a passive reply: then all is sent afterwards.
        first = None if not now or isinstance(now[0], Choices) else now.pop(0)
        return Claim(0, 0, 0, False, True, first, tuple(now), tuple(later), exchange.language)

    async def _plan_late(self, exchange: Exchange) -> Claim:
        """Plan the answer without a passive reply."""
        push = await self._service.allowed()
        left = await self._quota.left(exchange.sender) if push else 0
        now, later = self._plan(exchange, left, push and self._menus)
        return Claim(0, 0, 0, False, True, None, tuple(now), tuple(later), exchange.language)

    async def _left(self, exchange: Exchange, menus: bool) -> int:
        """Return how many messages can follow the passive reply, 0 where none has to."""
        messages = pack(exchange.parts or [], menus)
        if len(messages) == 1 and not isinstance(messages[0], Choices):
            return 0
        return await self._quota.left(exchange.sender)

    def _plan(self, exchange: Exchange, slots: int, menus: bool) -> tuple[list[Part], list[Part]]:
        return plan(exchange.parts or [], slots, menus, self._texts, exchange.language)
