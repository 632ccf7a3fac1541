"""Forgetting what has served its time: ended grants, old counters, keys, fallbacks, messages."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from sanic import Sanic

from backends.customers.messages import forget_messages
from backends.db import Database, now
from backends.errors import is_unavailable
from backends.idempotency import forget_before
from backends.orders.verification import forget_old
from backends.review.records import forget_fallbacks

log = structlog.get_logger("backends")
KEEP_KEYS = timedelta(days=7)
KEEP_FALLBACKS = timedelta(days=180)
KEEP_MESSAGES = timedelta(days=365)
EVERY_SECONDS = 600


async def tidy(db: Database) -> None:
    """Delete what is no longer needed; safe to run in several processes."""
    async with db.write() as session:
        await forget_old(session, now())
        await forget_before(session, now() - KEEP_KEYS)
        await forget_fallbacks(session, now() - KEEP_FALLBACKS)
        await forget_messages(session, now() - KEEP_MESSAGES)
    await db.scrub()


def install(app: Sanic) -> None:
    """Tidy at start and every ten minutes while the app serves."""

    async def keep_tidy() -> None:
        while True:
            try:
                await tidy(app.ctx.db)
            except Exception as error:
                if not is_unavailable(error):
                    raise
                log.warning("tidying was put off", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    @app.after_server_start
    async def _start(app: Sanic, loop: Any) -> None:
        app.ctx.tidying = loop.create_task(keep_tidy())

    @app.before_server_stop
    async def _stop(app: Sanic, loop: Any) -> None:
        app.ctx.tidying.cancel()
