"""Who sends: one task in each process; several share the work through the database."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from datetime import timedelta

import structlog

from backends.campaigns.outreach import course
from backends.campaigns.outreach.audience import Audiences
from backends.campaigns.outreach.checks import Checks
from backends.campaigns.outreach.claiming import Due, claim, due
from backends.campaigns.outreach.outcomes import note
from backends.campaigns.outreach.rules import Rules
from backends.db import Database, now
from backends.rasa import Outcome, Rasa
from backends.steady import steadily

log = structlog.get_logger("backends")
#: Messages that are sent at once by one process.
_AT_ONCE = 8
_LOOK_EVERY = 1.0
# Longer than a request may take, so that nobody sends beside somebody who still does.
_LEASE_BEYOND = timedelta(seconds=5)
_LONGEST_HOLD = 60.0


class Worker:
    """Begins, sends and ends outreaches.

    Args:
        db: the database.
        rules: what holds for each message.
        checks: asks whether a customer may be written to.
        audiences: finds whom an outreach goes to.
        rasa: where to send.
        seconds: how long one request may take.
    """

    def __init__(
        self,
        db: Database,
        rules: Rules,
        checks: Checks,
        audiences: Audiences,
        rasa: Rasa,
        seconds: float,
    ) -> None:
        self._db = db
        self._rules = rules
        self._checks = checks
        self._audiences = audiences
        self._rasa = rasa
        self._lease = timedelta(seconds=seconds) + _LEASE_BEYOND
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failures = 0
        self._held_until = 0.0

    def start(self) -> None:
        """Begin to work."""
        work = steadily("outreach", self._round, self._pause)
        self._task = asyncio.get_running_loop().create_task(work)

    def wake(self) -> None:
        """Look at once: something was planned."""
        self._wake.set()

    async def stop(self) -> None:
        """Send no more; what is under way is sent again by the next, under the same id."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._rasa.close()

    async def _pause(self) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), _LOOK_EVERY)

    async def _round(self) -> None:
        self._wake.clear()
        moment = now()
        await course.begin_due(self._db, self._audiences, moment)
        await course.end_due(self._db, moment)
        while time.monotonic() >= self._held_until:
            found = await self._due()
            if not found:
                return
            done = await asyncio.gather(
                *(self._send(each) for each in found), return_exceptions=True
            )
            for problem in done:
                if isinstance(problem, Exception):
                    # The row is as it was, or its lease ends; the others were seen to.
                    raise problem
            await course.end_due(self._db, now())

    async def _due(self) -> list[Due]:
        moment = now()
        quiet = self._rules.quiet.end_of(moment)
        if quiet is not None:
            async with self._db.write() as session:
                await course.put_off_all(session, quiet, moment)
            return []
        async with self._db.read() as session:
            found = await due(session, self._rules, moment, _AT_ONCE * 8)
        # Other processes see the same rows: who takes them in another order meets nobody.
        return random.sample(found, min(len(found), _AT_ONCE))

    async def _send(self, seen: Due) -> None:
        parcel = await claim(self._db, self._rules, self._checks, seen, now(), self._lease)
        if parcel is None:
            return
        outcome = await self._rasa.post("messages", parcel.body)
        self._mind(outcome)
        if outcome.result in ("failed", "later"):
            log.warning(
                "a marketing message was not delivered",
                id=parcel.body["id"],
                result=outcome.result,
                reason=outcome.reason,
            )
        async with self._db.write() as session:
            await note(session, parcel, outcome, now())

    def _mind(self, outcome: Outcome) -> None:
        """Leave a server alone for a while that asks for it, or does not answer."""
        if outcome.result != "later" or outcome.reason == "busy":
            self._failures = 0
            return
        self._failures += 1
        pause = outcome.retry_after
        if pause is None:
            pause = min(2.0 ** (self._failures // _AT_ONCE), _LONGEST_HOLD) - 1
        self._held_until = max(self._held_until, time.monotonic() + pause)
