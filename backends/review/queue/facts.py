"""What there is to decide by, in a running server."""

from __future__ import annotations

from sanic import Sanic

from backends.review.queue import reading
from backends.review.queue.orders import Known


async def known_of(app: Sanic) -> Known:
    """Read examples and articles as they stand in the files, and what waits for the export.

    To be called before a transaction begins: reading files that have changed takes a while.
    """
    async with app.ctx.db.read() as session:
        made, planned = await reading.planned(session)
    return Known(
        await app.ctx.review.examples(),
        app.ctx.review.settings.nlu_data,
        await app.ctx.knowledge.articles(),
        made,
        planned,
    )
