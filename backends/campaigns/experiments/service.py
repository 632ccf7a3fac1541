"""What other parts of the shop need of experiments: an arm for a unit, and a reward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments import rewards
from backends.campaigns.experiments.assignment import Assigned, assign_many
from backends.campaigns.experiments.book import running_experiments
from backends.campaigns.experiments.design import read_design
from backends.campaigns.experiments.units import unit_of_sender

__all__ = [
    "Assigned",
    "ExperimentSummary",
    "assign",
    "assign_many",
    "record_reward",
    "running",
    "unit_of_sender",
]


@dataclass(frozen=True)
class ExperimentSummary:
    """A running experiment, to choose from."""

    reference: str
    name: str
    arms: tuple[str, ...]


async def assign(
    session: AsyncSession,
    reference: str,
    unit: str,
    context: Mapping[str, float] | None,
    moment: datetime,
) -> Assigned:
    """Give a unit its arm: the one it has, or a new one that is stored.

    Args:
        session: one that may write (``Database.write()``).
        reference: of the experiment.
        unit: a customer id, or `unit_of_sender` of one who is not known.
        context: value by name of the design's features; None when it has none.
        moment: when it is given.

    Returns:
        The arm; its name is "" for a held-out unit that is to get nothing.

    Raises:
        ApiError: 404 when there is no such experiment, 409 ``not_running`` for a new unit of one
            that does not run, 400 when the context is not the declared one.
    """
    return (await assign_many(session, reference, [unit], [context], moment))[0]


async def record_reward(
    session: AsyncSession, reference: str, unit: str, value: float, moment: datetime
) -> bool:
    """Write down what came of a unit; only the first one within the window counts.

    Args:
        session: one that may write.
        reference: of the experiment.
        unit: as it was assigned.
        value: 0 or more: of a conversion anything above 0 is a success, else the revenue in yuan.
        moment: when it happened.

    Returns:
        Whether this reward counts; False for a unit that was not assigned (before this moment),
        that has one already, and for one that came after the window.

    Raises:
        ApiError: 404 when there is no such experiment, 400 for a value that is no such number.
    """
    kept = await rewards.record(session, reference, unit, value, moment)
    return kept == rewards.COUNTED


async def running(session: AsyncSession) -> list[ExperimentSummary]:
    """The experiments that assign now, the newest first."""
    return [
        ExperimentSummary(
            found.reference, found.name, tuple(arm.name for arm in read_design(found.design).arms)
        )
        for found in await running_experiments(session)
    ]
