"""One customer's profile as it is now, for the requests of a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.snapshot import Snapshot
from backends.customers.profiles.history import read_histories
from backends.customers.profiles.judging import ModelJudge
from backends.customers.profiles.model import ProfileModel
from backends.customers.profiles.reckoning import Reckoned, Reckoner
from backends.db import now
from backends.search.settings import SearchSettings
from backends.search.workshop import Workshop
from backends.setup_error import SetupError

log = structlog.get_logger("backends.customers")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Profile:
    """What can be said of a customer.

    Attributes:
        covered: whether consent covers a profile; nothing is read without.
        reads_messages: whether consent covers the messages, too.
        reckoned: None when it is not covered, nothing is known, or nothing can be reckoned.
        known: whether there is any history.
    """

    covered: bool
    reads_messages: bool
    known: bool
    reckoned: Reckoned | None


class Profiles:
    """Reckons profiles in threads.

    Args:
        settings: which encoder, and where models are kept.
        tags: the designer's file of tags.
    """

    def __init__(self, settings: SearchSettings, tags: Path) -> None:
        self._workshop = Workshop(settings, "customers")
        self._reckoner = Reckoner(settings, tags)

    def stop(self) -> None:
        """End the threads."""
        self._workshop.close()

    async def run(self, work: Callable[..., Result], *given: Any) -> Result:
        """Do blocking work in a thread."""
        return await self._workshop.run(work, *given)

    async def model(self) -> ProfileModel | None:
        """Return the model that profiles are made by, None while they are made by rules."""
        try:
            judge = await self.run(self._reckoner.judge)
        except SetupError:
            return None
        return judge.model if isinstance(judge, ModelJudge) else None

    async def profile(self, session: AsyncSession, snapshot: Snapshot, customer: str) -> Profile:
        """Return the profile of a customer that there is, from all that is known by now."""
        histories = await read_histories(session, [customer])
        if not histories:
            return Profile(covered=False, reads_messages=False, known=False, reckoned=None)
        reckoned: list[Reckoned] = []
        try:
            reckoned = await self.run(self._reckoner.reckon, histories, snapshot, now())
        except SetupError as error:
            log.error("no profile can be made", why=str(error))
        one = histories[0]
        return Profile(True, one.reads_messages, one.known, reckoned[0] if reckoned else None)
