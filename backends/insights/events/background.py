"""Taking in events beside the endpoints."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import structlog
from sanic import Sanic

from backends.db import Database
from backends.insights.events.sources import Source, SourceError, open_source
from backends.insights.events.taking_in import take_in_batch
from backends.settings import Settings
from backends.steady import steadily

log = structlog.get_logger("backends")

_WAIT_SECONDS = 1.0
_RETRY_SECONDS = 5.0
_REPORT_SECONDS = 300.0


class TakingIn:
    """Takes events in as they come, until stopped.

    Several processes may do so at once; the source gives each event to one of them.

    Args:
        db: the shop's.
        source: where the events are.
    """

    def __init__(self, db: Database, source: Source) -> None:
        self._db = db
        self._source = source
        self._pause = 0.0
        self._reported = -_REPORT_SECONDS
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(
            steadily("taking in events", self._round, self._rest)
        )

    async def stop(self) -> None:
        """End; what is under way comes again next time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._source.close()

    async def _round(self) -> None:
        self._pause = _RETRY_SECONDS
        try:
            await take_in_batch(self._db, self._source, _WAIT_SECONDS)
        except SourceError as error:
            self._report(str(error))
            return
        self._pause = 0.0

    async def _rest(self) -> None:
        await asyncio.sleep(self._pause)

    def _report(self, sentence: str) -> None:
        """Say that the broker does not answer, now and then."""
        if time.monotonic() - self._reported >= _REPORT_SECONDS:
            self._reported = time.monotonic()
            log.warning("no events", why=sentence)


def install(app: Sanic, settings: Settings) -> None:
    """Begin when the app serves; to be called after the database's own listener.

    Raises:
        SetupError: XIAOER_EVENTS_URL is no address of events.
    """
    open_source(settings.events_url)

    @app.after_server_start
    async def _start(app: Sanic, loop: Any) -> None:
        # In the process that serves, after any fork.
        source = open_source(settings.events_url)
        app.ctx.taking_in = TakingIn(app.ctx.db, source) if source else None
        if app.ctx.taking_in:
            app.ctx.taking_in.start()

    @app.before_server_stop
    async def _stop(app: Sanic, loop: Any) -> None:
        if app.ctx.taking_in:
            await app.ctx.taking_in.stop()
