"""What goes on by itself: bandits learn, and experiments end by their rule or their last day."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from sanic import Sanic
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.book import end, find, refusal, running_experiments
from backends.campaigns.experiments.learning import learn
from backends.campaigns.experiments.models import ENDED, RUNNING, STOPPED, Experiment
from backends.campaigns.experiments.results import results
from backends.db import Database, now
from backends.steady import steadily

EVERY_SECONDS = 10.0


async def keep(db: Database, moment: datetime) -> None:
    """One round over all running experiments; safe in several processes at once."""
    async with db.read() as session:
        running = await running_experiments(session)
    for experiment in running:
        if not await _end_if_due(db, experiment, moment):
            await learn(db, experiment, moment)


async def _end_if_due(db: Database, experiment: Experiment, moment: datetime) -> bool:
    async with db.read() as session:
        found = await results(session, experiment, moment)
    is_over = moment >= experiment.ends_at
    if not found.decision.is_final and not is_over:
        return False
    async with db.write() as session:
        why = "rule" if found.decision.is_final else "date"
        await close(session, experiment, ENDED, why, moment)
    return True


async def stop(session: AsyncSession, reference: str, moment: datetime) -> Experiment:
    """Stop a running experiment by hand; what is decided is what the rule says now.

    Raises:
        ApiError: 404 when there is none, 409 ``not_running`` when it does not run.
    """
    found = await find(session, reference, lock=True)
    if found.state != RUNNING:
        raise refusal("not_running", "Only a running experiment can be stopped.")
    await close(session, found, STOPPED, "person", moment)
    return await find(session, reference)


async def close(
    session: AsyncSession, experiment: Experiment, state: str, why: str, moment: datetime
) -> None:
    """End an experiment and keep the decision as it is known at its end."""
    found = await results(session, experiment, moment, is_ending=True)
    outcome = {
        **found.decision.stored(), "settled": found.settled, "planned": found.planned,
    }  # fmt: skip
    await end(session, experiment, state, why, outcome, moment)


def install(blueprint: Any) -> None:
    """Keep experiments while the app of a blueprint serves."""

    @blueprint.listener("after_server_start")
    async def _start(app: Sanic, loop: Any) -> None:
        async def work() -> None:
            await keep(app.ctx.db, now())

        app.ctx.keeping_experiments = loop.create_task(
            steadily("experiments", work, lambda: asyncio.sleep(EVERY_SECONDS))
        )

    @blueprint.listener("before_server_stop")
    async def _stop(app: Sanic, loop: Any) -> None:
        app.ctx.keeping_experiments.cancel()
        await asyncio.gather(app.ctx.keeping_experiments, return_exceptions=True)
