"""What the page of one experiment shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.decision import COLLECTING, Decision
from backends.campaigns.experiments.design import FIXED, Design, read_design
from backends.campaigns.experiments.models import DRAFT, Experiment
from backends.campaigns.experiments.planning import Plan, plan
from backends.campaigns.experiments.results import ArmResult, Results, results
from backends.console.experiments.drawing import Drawing, draw


@dataclass(frozen=True)
class Row:
    """One arm of the table.

    Attributes:
        arm: its figures.
        share: its planned part.
        drawn, lift_drawn: its value and its difference from the control, as drawings.
    """

    arm: ArmResult
    share: float
    drawn: Drawing | None
    lift_drawn: Drawing | None


@dataclass(frozen=True)
class Content:
    """All of the page.

    Attributes:
        decision: of an experiment that has ended as it was at the end, else as it is now.
        shows_lifts: whether differences may be shown: by a fixed rule not before the planned size,
            lest somebody stop because of them.
    """

    experiment: Experiment
    design: Design
    plan: Plan
    found: Results | None
    rows: list[Row]
    decision: Decision | None
    settled: int
    shows_lifts: bool


async def content(session: AsyncSession, experiment: Experiment, moment: datetime) -> Content:
    """Gather it."""
    design = read_design(experiment.design)
    planned = plan(design)
    if experiment.state == DRAFT:
        return Content(experiment, design, planned, None, [], None, 0, False)
    found = await results(session, experiment, moment)
    decision, settled = found.decision, found.settled
    if experiment.outcome is not None:
        kept: dict[str, Any] = dict(experiment.outcome)
        settled = kept.pop("settled")
        kept.pop("planned")
        decision = Decision(**kept)
    shows = design.rule != FIXED or (
        found.settled >= planned.units and decision.state != COLLECTING
    )
    values = draw([arm.value for arm in found.arms], with_zero=False)
    lifts = draw(
        [arm.comparison.lift if arm.comparison and shows else None for arm in found.arms], True
    )
    rows = [
        Row(arm, share, drawn, lift)
        for arm, share, drawn, lift in zip(found.arms, design.shares, values, lifts, strict=True)
    ]
    return Content(experiment, design, planned, found, rows, decision, settled, shows)
