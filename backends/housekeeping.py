"""Forgetting what has served its time: grants, keys, fallbacks, messages, tickets, conversations."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sanic import Sanic

from backends.campaigns.copy.briefs.records import forget_briefs
from backends.campaigns.experiments.forgetting import forget_units
from backends.campaigns.outreach.forgetting import forget_outreaches
from backends.customers.messages import forget_messages
from backends.db import Database, now
from backends.feedback.records import forget_feedback
from backends.handoff.forgetting import forget_tickets
from backends.idempotency import forget_before
from backends.insights.events.forgetting import forget_conversations
from backends.insights.measures.exposures import KEEP_EXPOSURES, forget_exposures
from backends.orders.verification import forget_old
from backends.review.queue.forgetting import forget_reviews
from backends.review.records import forget_fallbacks
from backends.staff.sessions import forget_ended
from backends.staff.throttle import forget_old as forget_tries
from backends.steady import steadily

KEEP_KEYS = timedelta(days=7)
KEEP_BRIEFS = timedelta(days=180)
KEEP_FALLBACKS = timedelta(days=180)
KEEP_REVIEWS = timedelta(days=180)
KEEP_MESSAGES = timedelta(days=365)
KEEP_TICKETS = timedelta(days=365)
KEEP_OUTREACHES = timedelta(days=730)
KEEP_UNITS = timedelta(days=365)
KEEP_CONVERSATIONS = timedelta(days=365)
EVERY_SECONDS = 600


async def tidy(
    db: Database,
    keep_tickets: timedelta = KEEP_TICKETS,
    keep_conversations: timedelta = KEEP_CONVERSATIONS,
) -> None:
    """Delete what is no longer needed; safe to run in several processes."""
    async with db.write() as session:
        await forget_old(session, now())
        await forget_before(session, now() - KEEP_KEYS)
        await forget_briefs(session, now() - KEEP_BRIEFS)
        await forget_fallbacks(session, now() - KEEP_FALLBACKS)
        await forget_reviews(session, now() - KEEP_REVIEWS)
        await forget_messages(session, now() - KEEP_MESSAGES)
        await forget_feedback(session, now() - keep_tickets)
        await forget_tickets(session, now() - keep_tickets)
        await forget_units(session, now() - KEEP_UNITS)
        await forget_outreaches(session, now() - KEEP_OUTREACHES)
        await forget_exposures(session, now() - KEEP_EXPOSURES)
        await forget_ended(session, now())
        await forget_tries(session, now())
    await forget_conversations(db, now() - keep_conversations)
    await db.scrub()


def install(app: Sanic) -> None:
    """Tidy at start and every ten minutes while the app serves."""

    async def tidied() -> None:
        settings = app.ctx.settings
        await tidy(
            app.ctx.db,
            timedelta(days=settings.ticket_days),
            timedelta(days=settings.insight_days),
        )

    async def pause() -> None:
        await asyncio.sleep(EVERY_SECONDS)

    @app.after_server_start
    async def _start(app: Sanic, loop: Any) -> None:
        app.ctx.tidying = loop.create_task(steadily("housekeeping", tidied, pause))

    @app.before_server_stop
    async def _stop(app: Sanic, loop: Any) -> None:
        app.ctx.tidying.cancel()
