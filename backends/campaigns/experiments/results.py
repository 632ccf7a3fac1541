"""What an experiment shows: arms, differences from the control, and the decision by its rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.comparison import Comparison, compare
from backends.campaigns.experiments.counting import Sums, count
from backends.campaigns.experiments.decision import Decision, decide
from backends.campaigns.experiments.design import AB, CONVERSION, Design, read_design
from backends.campaigns.experiments.models import NOTHING, RUNNING, Experiment, PolicySnapshot
from backends.campaigns.experiments.planning import plan
from backends.campaigns.experiments.policies.snapshot import propensities_of
from backends.campaigns.experiments.statistics.adaptive import Cell
from backends.campaigns.experiments.statistics.balance import TOO_UNLIKELY, mismatch_p
from backends.campaigns.experiments.statistics.intervals import Interval
from backends.campaigns.experiments.tally import Tally, arm_tallies, own_interval


@dataclass(frozen=True)
class ArmResult:
    """What is known of one arm.

    Attributes:
        name: of the arm; "" for those held out who got nothing.
        is_control: whether the others are compared with it.
        tally: its units.
        value: its rate or mean with a 95 % interval: of a bandit the weighted estimate.
        comparison: with the control; None for the control and while there is too little.
    """

    name: str
    is_control: bool
    tally: Tally
    value: Interval | None
    comparison: Comparison | None


@dataclass(frozen=True)
class Results:
    """All that is known of an experiment at a moment.

    Attributes:
        arms: in the design's order.
        holdout: of those held out; None when nobody is.
        assigned, settled: units that are not held out; of how many the outcome is known.
        planned: how many settled units the design needs.
        mismatch: p-value of the arms having as many units as they should, or None.
        decision: by the rule.
    """

    arms: tuple[ArmResult, ...]
    holdout: ArmResult | None
    assigned: int
    settled: int
    planned: int
    mismatch: float | None
    decision: Decision

    @property
    def is_mismatched(self) -> bool:
        """Whether the arms' sizes are so far from what they should be that something is wrong."""
        return self.mismatch is not None and self.mismatch < TOO_UNLIKELY


async def results(
    session: AsyncSession, experiment: Experiment, moment: datetime, is_ending: bool = False
) -> Results:
    """Work out the results of an experiment as they stand at a moment.

    Args:
        session: any.
        experiment: which.
        moment: the present.
        is_ending: whether a running one is about to end, whatever the rule says.
    """
    design = read_design(experiment.design)
    sums = await count(session, experiment, design, moment)
    snapshots: dict[int, dict[str, Any]] = {}
    if sums:
        query = select(PolicySnapshot.version, PolicySnapshot.parameters).where(
            PolicySnapshot.experiment_id == experiment.id
        )
        snapshots = {row.version: row.parameters for row in await session.execute(query)}
    is_running = experiment.state == RUNNING and not is_ending
    return work_out(design, is_running, sums, snapshots)


def work_out(
    design: Design,
    is_running: bool,
    sums: Sequence[Sums],
    snapshots: Mapping[int, dict[str, Any]],
) -> Results:
    """The results from the sums and the policies they were drawn from."""
    drawn = [each for each in sums if not each.is_holdout]
    held = [each for each in sums if each.is_holdout]
    chances = {
        key: propensities_of(design, snapshots[key[0]], key[1])
        for key in {(each.version, each.likely) for each in drawn}
    }
    tallies = arm_tallies(drawn, len(design.arms))
    cells = [
        Cell(
            each.version, tuple(chances[each.version, each.likely]), each.arm,
            each.settled, each.total, each.squares,
        )
        for each in drawn
        if each.settled
    ]  # fmt: skip
    planned = plan(design).units
    values, comparisons = compare(design, tallies, cells if design.kind != AB else None, planned)
    settled = sum(tally.settled for tally in tallies)
    arms = tuple(
        ArmResult(arm.name, place == design.control_place, tallies[place], values[place], compared)
        for place, (arm, compared) in enumerate(zip(design.arms, comparisons, strict=True))
    )
    return Results(
        arms,
        _holdout(design, held),
        sum(tally.assigned for tally in tallies),
        settled,
        planned,
        _mismatch(design, tallies, drawn, held, chances),
        decide(design, is_running, settled, planned, comparisons),
    )


def _holdout(design: Design, held: Sequence[Sums]) -> ArmResult | None:
    if not held:
        return None
    tally = Tally.of(held)
    place = held[0].arm
    name = "" if place == NOTHING else design.names[place]
    value = own_interval(tally, design.measure == CONVERSION)
    return ArmResult(name, False, tally, value, None)


def _mismatch(
    design: Design,
    tallies: Sequence[Tally],
    drawn: Sequence[Sums],
    held: Sequence[Sums],
    chances: Mapping[tuple[int, int | None], Sequence[float]],
) -> float | None:
    """Whether arms, and those held out, are as many as the propensities say."""
    expected = [0.0] * len(tallies)
    for each in drawn:
        for place, chance in enumerate(chances[each.version, each.likely]):
            expected[place] += each.assigned * chance
    counts = [float(tally.assigned) for tally in tallies]
    if design.holdout:
        out = sum(each.assigned for each in held)
        scale = (1 - design.holdout) * (sum(counts) + out) / max(sum(counts), 1)
        expected = [mean * scale for mean in expected]
        expected.append(design.holdout * (sum(counts) + out))
        counts.append(out)
    return mismatch_p(counts, expected)
