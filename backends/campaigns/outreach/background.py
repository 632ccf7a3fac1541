"""Sending that goes on beside the endpoints, and looking at what came of it."""

from __future__ import annotations

import asyncio
from typing import Any

from sanic import Sanic

from backends.campaigns.outreach.audience import Audiences
from backends.campaigns.outreach.checks import Checks
from backends.campaigns.outreach.desk import Desk
from backends.campaigns.outreach.results import look
from backends.campaigns.outreach.rules_file import read_rules
from backends.campaigns.outreach.worker import Worker
from backends.db import now
from backends.rasa import Rasa
from backends.settings import Settings
from backends.steady import steadily

_LOOK_EVERY = 15.0


def install(app: Sanic, settings: Settings) -> None:
    """Make ``app.ctx.outreach``; send and look while the app serves.

    To be called after the database's own listener.

    Raises:
        SetupError: the file of rules cannot be used.
    """
    rules = read_rules(settings.outreach_path)

    @app.before_server_start
    async def _open(app: Sanic, loop: Any) -> None:
        checks = Checks(rules, settings.trusted_channels)
        audiences = Audiences(app)
        rasa = Rasa(settings.rasa_url, app.ctx.token, settings.push_seconds)
        worker = Worker(app.ctx.db, rules, checks, audiences, rasa, settings.push_seconds)
        app.ctx.outreach = Desk(rules, checks, audiences, worker)

    @app.after_server_start
    async def _start(app: Sanic, loop: Any) -> None:
        app.ctx.outreach.worker.start()

        async def look_at_all() -> None:
            while await look(app.ctx.db, now()):
                pass

        app.ctx.outreach_results = loop.create_task(
            steadily("results of outreach", look_at_all, lambda: asyncio.sleep(_LOOK_EVERY))
        )

    @app.before_server_stop
    async def _stop(app: Sanic, loop: Any) -> None:
        app.ctx.outreach_results.cancel()
        await asyncio.gather(app.ctx.outreach_results, return_exceptions=True)
        await app.ctx.outreach.worker.stop()
