"""One accepted message on its way to its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from xiaoer.channels.wechat.claims import Claim
from xiaoer.channels.wechat.incoming import Incoming
from xiaoer.channels.wechat.output import CollectedOutput
from xiaoer.channels.wechat.parts import Part
from xiaoer.channels.wechat.texts import Language


class Exchange:
    """A message, what is answered to it, and the requests that wait for that.

    Args:
        incoming: The message.
        arrived: When its first delivery came, in seconds since 1970.
        language: The language of the channel's own texts to it: the message's, then the answer's.
        recovered: Whether it was taken over from a worker that is gone.
        owned: Whether this worker answers the message; else it only carries the answer.
    """

    def __init__(
        self,
        incoming: Incoming,
        arrived: float,
        language: Language,
        recovered: bool = False,
        owned: bool = True,
    ) -> None:
        self.incoming = incoming
        self.arrived = arrived
        self.language: Language = language
        self.recovered = recovered
        self.owned = owned
        #: An answer has been tried before.
        self.tried = False
        #: What Rasa said; None until it has, for it is asked once.
        self.said: CollectedOutput | None = None
        #: The answer; None until it is known.
        self.parts: list[Part] | None = None
        #: The answer is known.
        self.ready = asyncio.Event()
        #: The last claim to deliver it that this worker knows of.
        self.claim: Claim | None = None
        #: This worker's deliveries that have not carried it, and for all it knows never will.
        self.missed: set[int] = set()
        #: How it is delivered has been decided; what comes now is a repeat.
        self.settled = False
        #: It was decided here that no reply carries it.
        self.taken_back = False
        #: The customer was told to ask for the answer.
        self.offered = False
        #: What cannot be sent now is kept.
        self.kept = False
        self._requests = 0
        self._quiet = asyncio.Event()

    @property
    def key(self) -> str:
        """The message's key."""
        return self.incoming.key

    @property
    def sender(self) -> str:
        """The customer's openid."""
        return self.incoming.sender

    @property
    def silent(self) -> bool:
        """Whether the answer, which is known, is that nothing is said."""
        return self.claim is None and not self.parts

    @contextmanager
    def request(self, delivery: int) -> Iterator[None]:
        """Mark a delivery as waiting for the answer; it has missed it unless `take` is called."""
        self._requests += 1
        self.missed.add(delivery)
        try:
            yield
        finally:
            self._requests -= 1
            self._quiet.set()

    def learn(self, claim: Claim | None) -> None:
        """Note a claim, unless a later one is known."""
        if claim is not None and (self.claim is None or claim.number > self.claim.number):
            self.claim = claim

    def take(self, delivery: int) -> None:
        """Note that the reply to this delivery is written now."""
        self.missed.discard(delivery)

    async def quiet(self) -> None:
        """Return at a moment when no request waits."""
        while self._requests:
            self._quiet.clear()
            await self._quiet.wait()
