"""Counting what has changed, and writing down what is recommended, beside the endpoints."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from sanic import Sanic

from backends.insights.measures.counting.counter import Counter
from backends.insights.measures.counting.membership import Membership
from backends.insights.measures.counting.parts import PARTS, PEOPLE
from backends.insights.measures.exposures import Exposures
from backends.settings import Settings
from backends.steady import steadily

#: Seconds from one look to the next; the numbers of different people are dearer to make.
EVERY, PEOPLE_EVERY = 2.0, 120.0
_LOOK_AT_SEGMENTS = 60.0
#: Of the time at most one part in so many is spent on counting, and on counting people.
_SHARE, _PEOPLE_SHARE = 4, 50


class _Rounds:
    """Looks again and again, the more seldom the longer a round takes."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._took = 0.0
        self._people_at = 0.0

    async def work(self) -> None:
        begun = time.monotonic()
        try:
            await self._counter.count([part for part in PARTS if part is not PEOPLE])
        finally:
            self._took = time.monotonic() - begun
        begun = time.monotonic()
        if begun >= self._people_at:
            try:
                await self._counter.count_people()
            finally:
                took = time.monotonic() - begun
                self._people_at = begun + max(PEOPLE_EVERY, took * _PEOPLE_SHARE)

    async def pause(self) -> None:
        # Not all processes at once: one of them is enough.
        await asyncio.sleep(max(EVERY, self._took * _SHARE) * random.uniform(0.5, 1.5))


def install(app: Sanic, settings: Settings) -> None:
    """Begin when the app serves; to be called after the database's own listener.

    Makes ``app.ctx.membership`` and ``app.ctx.exposures``.
    """

    @app.before_server_start
    async def _open(app: Sanic, loop: Any) -> None:
        app.ctx.membership = Membership(settings.customers_data, _LOOK_AT_SEGMENTS)
        app.ctx.exposures = Exposures(app.ctx.db, settings.trusted_channels)

    @app.after_server_start
    async def _start(app: Sanic, loop: Any) -> None:
        app.ctx.exposures.start()
        rounds = _Rounds(Counter(app.ctx.db, app.ctx.membership, settings))
        work = steadily("counting", rounds.work, rounds.pause)
        app.ctx.counting = loop.create_task(work)

    @app.before_server_stop
    async def _stop(app: Sanic, loop: Any) -> None:
        app.ctx.counting.cancel()
        await asyncio.gather(app.ctx.counting, return_exceptions=True)
        await app.ctx.exposures.stop()
