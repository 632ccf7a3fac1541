"""The queue of one process: it collects and groups, steadily or when it is asked to."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from sanic import Sanic

from backends.db import Database
from backends.review.queue.collecting import collect
from backends.review.queue.examples import ExampleFiles, Examples
from backends.review.queue.grouping.encoders import Stopped, open_encoder
from backends.review.queue.grouping.rounds import Grouper
from backends.review.queue.settings import ReviewSettings
from backends.review.queue.threads import Threads
from backends.review.queue.work import Lost, leased
from backends.search.settings import SearchSettings
from backends.steady import steadily

log = structlog.get_logger("backends.review")
WORK = "grouping"


class Queue:
    """What a process needs for the review queue.

    Args:
        db: the database.
        settings: of the queue.
        threads_of_encoder: processor threads for making vectors.
    """

    def __init__(self, db: Database, settings: ReviewSettings, threads_of_encoder: int = 1) -> None:
        self.settings = settings
        self.files = ExampleFiles(settings.nlu_data)
        self._db = db
        self._threads = Threads()
        search = SearchSettings()  # type: ignore[call-arg]
        self._grouper = Grouper(
            db,
            self.files,
            lambda: open_encoder(search, self._threads.stop, threads_of_encoder),
            settings.state,
            self._threads,
        )

    async def examples(self) -> Examples:
        """The examples as they stand in the files."""
        return await self._threads.run(self.files.current)

    async def run(self, work: Callable[..., Any], *given: Any) -> Any:
        """Do blocking work in a thread."""
        return await self._threads.run(work, *given)

    async def round(
        self, progress: Callable[[int], object] = lambda _: None
    ) -> Counter[str] | None:
        """Collect and group what is new; None while another process does it.

        Returns:
            See `collecting.collect`; ``grouped`` counts the messages that came into groups.
        """
        async with leased(self._db, WORK) as lease:
            if lease is None:
                return None
            try:
                known = (await self.examples()).known
                counts = await collect(self._db, lease, self.settings.confidence, known)
                counts["grouped"] = await self._grouper.run(lease, progress)
            except (Lost, Stopped):
                return None
        return counts

    def close(self) -> None:
        """End the threads."""
        self._threads.close()


def install(app: Sanic, settings: ReviewSettings) -> None:
    """Make ``app.ctx.review`` before the server starts, and let it work while the app serves."""
    app.ctx.review = Queue(app.ctx.db, settings)

    async def work() -> None:
        counts = await app.ctx.review.round()
        if counts and counts["grouped"]:
            log.info("messages to review", **counts)

    async def pause() -> None:
        await asyncio.sleep(settings.every_seconds)

    app.ctx.reviewing = None
    if settings.every_seconds:
        app.ctx.reviewing = asyncio.get_running_loop().create_task(steadily("review", work, pause))


async def uninstall(app: Sanic) -> None:
    """Stop it."""
    app.ctx.review.close()
    if app.ctx.reviewing is not None:
        app.ctx.reviewing.cancel()
        await asyncio.gather(app.ctx.reviewing, return_exceptions=True)
