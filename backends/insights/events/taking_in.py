"""Taking a batch of events in: each turn once, in one transaction."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError, ProgrammingError

from backends.db import Database
from backends.errors import is_unavailable, log_unexpected
from backends.insights.events.preparing import Prepared, prepare
from backends.insights.events.records import load, store
from backends.insights.events.sources import Raw, Source

log = structlog.get_logger("backends")

#: Events in one transaction.
BATCH = 1000


@dataclass
class Counts:
    """How many events became what; ``read`` is the sum of the others.

    Attributes:
        read: how many came.
        taken_in: turns that are new.
        repeated: turns that were known.
        irrelevant: events that say nothing by themselves: slots, actions, other programs' messages.
        refused: events that cannot be read, by reason.
    """

    read: int = 0
    taken_in: int = 0
    repeated: int = 0
    irrelevant: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Add another's."""
        self.read += other.read
        self.taken_in += other.taken_in
        self.repeated += other.repeated
        self.irrelevant += other.irrelevant
        self.refused += other.refused

    def shown(self) -> dict[str, Any]:
        """As it is logged and given out."""
        return {
            "read": self.read,
            "taken_in": self.taken_in,
            "repeated": self.repeated,
            "irrelevant": self.irrelevant,
            "refused": sum(self.refused.values()),
            **({"reasons": dict(sorted(self.refused.items()))} if self.refused else {}),
        }


async def take_in_batch(db: Database, source: Source, seconds: float, most: int = BATCH) -> Counts:
    """Take in what a source gives; it is done with once the database has it.

    Args:
        db: the shop's.
        source: where the events are.
        seconds: how long to wait for the first one.
        most: events at once.

    Raises:
        SourceError: the broker does not answer.
        DBAPIError: the database does not; the events come again.
    """
    async with source.batch(most, seconds) as raws:
        counts = await take_in(db, raws)
    if counts.refused:
        log.warning("events refused", **counts.shown())
    elif counts.read:
        log.debug("events taken in", **counts.shown())
    return counts


async def take_in(db: Database, raws: Sequence[Raw]) -> Counts:
    """Take events in, all in one transaction.

    If one of them brings it down by what is in it, all are taken in one by one and that one is
    refused (``unexpected``), for it would hold up all others for ever.

    Raises:
        DBAPIError: the database does not answer; nothing was taken in.
    """
    if not raws:
        return Counts()
    try:
        return await _take_in(db, raws)
    except Exception as error:
        if is_unavailable(error) or isinstance(error, (OperationalError, ProgrammingError)):
            # A table that is missing is no fault of an event either.
            raise
        log_unexpected(error, work="taking in events", events=len(raws))
        if len(raws) == 1:
            return Counts(read=1, refused=Counter({"unexpected": 1}))
    counts = Counts()
    for raw in raws:
        counts.add(await take_in(db, [raw]))
    return counts


async def _take_in(db: Database, raws: Sequence[Raw]) -> Counts:
    prepared = await asyncio.to_thread(prepare, raws, time.time())
    counts = Counts(len(raws), 0, prepared.repeated, prepared.irrelevant, prepared.refused)
    if prepared.senders:
        async with db.write() as session:
            taken, repeated = await _sort_in(session, prepared)
        counts.taken_in += taken
        counts.repeated += repeated
    return counts


async def _sort_in(session: Any, prepared: Prepared) -> tuple[int, int]:
    known = await load(session, prepared.senders)
    for sender, events in prepared.senders.items():
        known[sender].take(events)
    await store(session, list(known.values()))
    everybody = known.values()
    return sum(each.added for each in everybody), sum(each.repeated for each in everybody)
