"""What runs beside the endpoints while the app serves."""

from __future__ import annotations

import asyncio
from typing import Any

from sanic import Sanic

from backends.handoff.changes import Changes
from backends.handoff.delivery.sender import Sender
from backends.handoff.service_file import read_service
from backends.handoff.time_outs import keep_time
from backends.rasa import Rasa
from backends.settings import Settings


def install(app: Sanic, settings: Settings) -> None:
    """Make ``app.ctx.service`` and ``app.ctx.changes``; send and keep time while the app serves.

    To be called after the database's own listener.

    Raises:
        SetupError: the file of opening hours cannot be used.
    """
    app.ctx.service = read_service(settings.service_path)

    @app.before_server_start
    async def _open(app: Sanic, loop: Any) -> None:
        app.ctx.changes = Changes(app.ctx.db)

    @app.after_server_start
    async def _start(app: Sanic, loop: Any) -> None:
        app.ctx.changes.start()
        seconds = settings.push_seconds
        rasa = Rasa(settings.rasa_url, app.ctx.token, seconds)
        app.ctx.sender = Sender(app.ctx.db, app.ctx.changes, rasa, seconds)
        app.ctx.sender.start()
        app.ctx.keeping_time = loop.create_task(
            keep_time(app.ctx.db, app.ctx.changes, app.ctx.service.time_outs)
        )

    @app.before_server_stop
    async def _stop(app: Sanic, loop: Any) -> None:
        app.ctx.keeping_time.cancel()
        await asyncio.gather(app.ctx.keeping_time, return_exceptions=True)
        await app.ctx.sender.stop()
        await app.ctx.changes.stop()
