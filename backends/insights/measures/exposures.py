"""Writing down what was recommended to whom, without anybody waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backends.auth import Caller
from backends.customers.consent import covers_many
from backends.db import Database, now
from backends.insights.measures.models import RecommendationExposure
from backends.orders.models import Identity
from backends.steady import steadily

Kind = Literal["wish", "product", "general"]
#: For how long it is known what was recommended to whom.
KEEP_EXPOSURES = timedelta(days=180)
#: How many may wait to be written; of more, the newest are lost rather than that answers wait.
_MOST = 10_000
_AT_ONCE = 200
_EVERY = 1.0
log = structlog.get_logger("backends.insights")


@dataclass(frozen=True)
class Shown:
    """Products that were shown to a sender."""

    caller: Caller
    kind: Kind
    language: str
    products: tuple[str, ...]
    at: datetime


class Exposures:
    """Takes what was shown, and writes it down a little later in the background.

    Only what was shown to a bound customer who has not refused recommendations is written down:
    nothing else could be said of the rest.

    Args:
        db: the shop's database.
        trusted: channels on which a bound sender is known to be a customer.
    """

    def __init__(self, db: Database, trusted: frozenset[str]) -> None:
        self._db = db
        self._trusted = trusted
        self._waiting: list[Shown] = []
        self._lost = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        work = steadily("exposures", self.write, lambda: asyncio.sleep(_EVERY))
        self._task = asyncio.get_running_loop().create_task(work)

    async def stop(self) -> None:
        """Write what waits, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self.write()
        except Exception as error:
            log.warning("exposures were lost", error=type(error).__name__, of=len(self._waiting))

    def add(self, caller: Caller, kind: Kind, language: str, products: Sequence[str]) -> None:
        """Take what was shown; at once, whatever the state of the database."""
        if not products or caller.channel not in self._trusted:
            return
        if len(self._waiting) >= _MOST:
            self._lost += 1
            return
        self._waiting.append(Shown(caller, kind, language, tuple(products), now()))

    async def write(self) -> None:
        """Write what waits."""
        if self._lost:
            log.warning("exposures were lost", of=self._lost)
            self._lost = 0
        while self._waiting:
            some = self._waiting[:_AT_ONCE]
            async with self._db.write() as session:
                rows = await self._rows(session, some)
                if rows:
                    await session.execute(insert(RecommendationExposure.__table__), rows)
            # Only now: what could not be written waits for the next time.
            del self._waiting[: len(some)]

    async def _rows(self, session: AsyncSession, some: Sequence[Shown]) -> list[dict[str, Any]]:
        senders = {(one.caller.channel, one.caller.sender) for one in some}
        found = await session.execute(
            select(Identity.channel, Identity.sender, Identity.customer_id).where(
                tuple_(Identity.channel, Identity.sender).in_(sorted(senders))
            )
        )
        customers = {(channel, sender): customer for channel, sender, customer in found}
        willing = await covers_many(session, customers.values(), "recommendations")
        return [
            {
                "channel": one.caller.channel,
                "sender": one.caller.sender,
                "customer_id": customer,
                "kind": one.kind,
                "language": one.language,
                "products": list(one.products),
                "at": one.at,
            }
            for one in some
            for customer in [customers.get((one.caller.channel, one.caller.sender))]
            if customer in willing
        ]


async def forget_exposures(session: AsyncSession, moment: datetime) -> None:
    """Delete what was shown before a moment."""
    await session.execute(
        delete(RecommendationExposure)
        .where(RecommendationExposure.at < moment)
        .execution_options(synchronize_session=False)
    )
