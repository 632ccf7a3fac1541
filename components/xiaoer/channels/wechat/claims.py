"""Who delivers an answer: decided among all workers, one decision after the other."""

from __future__ import annotations

import json
from dataclasses import dataclass

from xiaoer.channels.storage import Store
from xiaoer.channels.wechat.parts import Part, from_json, to_json
from xiaoer.channels.wechat.texts import Language

#: Seconds for which claims are known; messages are known as long.
_KNOWN = 86400.0


@dataclass(frozen=True)
class Claim:
    """How an answer is delivered, until another claim overrules this one.

    Attributes:
        number: Its place among the message's claims, from 1.
        delivery: The platform's delivery whose reply carries the answer; 0 when it is sent by
            customer-service messages or kept, which nothing overrules.
        at: When it was made, in seconds since 1970.
        missed: Whether it is known that this delivery's reply was not written.
        owned: Whether the worker claims that made the answer, not one that only carried it.
        first: The passive reply; None where nothing has been tried as one.
        rest: What is sent after it.
        later: What is kept for the customer's next message.
        language: Of the channel's own texts with it.
    """

    number: int
    delivery: int
    at: float
    missed: bool
    owned: bool
    first: Part | None
    rest: tuple[Part, ...]
    later: tuple[Part, ...]
    language: Language

    @property
    def final(self) -> bool:
        """Whether no reply may carry the answer any more."""
        return self.delivery == 0


class Claims:
    """The claims to each message, numbered without a gap.

    Whoever wants to claim must know all claims before its own, or its number is taken: so no two
    workers decide on the same state.

    Args:
        store: Shared by all workers.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def make(self, key: str, claim: Claim) -> bool:
        """Claim the message `key`; False when there is a claim of this number already."""
        value = json.dumps(
            [
                claim.delivery,
                claim.at,
                claim.missed,
                claim.owned,
                to_json([claim.first] if claim.first else []),
                to_json([*claim.rest]),
                to_json([*claim.later]),
                claim.language,
            ],
            ensure_ascii=False,
        )
        return await self._store.add(self._name(key, claim.number), value, _KNOWN)

    async def last(self, key: str, known: Claim | None = None) -> Claim | None:
        """Return the last claim, None when there is none; `known` saves reading earlier ones."""
        while True:
            number = known.number + 1 if known else 1
            value = await self._store.get(self._name(key, number))
            if value is None:
                return known
            delivery, at, missed, owned, first, rest, later, language = json.loads(value)
            known = Claim(
                number,
                delivery,
                at,
                missed,
                owned,
                next(iter(from_json(first)), None),
                tuple(from_json(rest)),
                tuple(from_json(later)),
                language,
            )

    @staticmethod
    def _name(key: str, number: int) -> str:
        return f"claim:wechat:{key}:{number}"
