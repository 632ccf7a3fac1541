"""The decision: by the rule that was set before the start, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from backends.campaigns.experiments.design import FIXED, Design

if TYPE_CHECKING:
    from backends.campaigns.experiments.comparison import Comparison

COLLECTING, BETTER, WORSE = "collecting", "better", "worse"
NO_DIFFERENCE, TOO_FEW = "no_difference", "too_few"


@dataclass(frozen=True)
class Decision:
    """What the rule says.

    Attributes:
        state: ``collecting`` (not decided), ``better`` (an arm beats the control), ``worse`` (all
            arms lose to it), ``no_difference`` (none was shown), ``too_few`` (it ended before the
            planned size, which a fixed rule needs).
        arm: the best of those that beat the control; of ``worse`` the control.
        low, high: by how much it beats it: the interval of the difference. Of ``worse`` by how much
            the control beats the best of the others.
    """

    state: str
    arm: str | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_final(self) -> bool:
        """Whether the experiment can end."""
        return self.state != COLLECTING

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def decide(
    design: Design,
    is_running: bool,
    settled: int,
    planned: int,
    comparisons: Sequence[Comparison | None],
) -> Decision:
    """Apply the rule.

    Args:
        design: of the experiment.
        is_running: whether more units may come.
        settled: units with a known outcome, not held out.
        planned: how many the design needs.
        comparisons: of each arm; None for the control and while there is too little.
    """
    is_enough = settled >= planned
    if design.rule == FIXED and not is_enough:
        return Decision(COLLECTING if is_running else TOO_FEW)
    control = design.control_place
    others = [(place, found) for place, found in enumerate(comparisons) if place != control]
    known = [(place, found.lift) for place, found in others if found is not None]
    better = [(lift.estimate, place, lift) for place, lift in known if lift.low > 0]
    if better:
        _, place, lift = max(better, key=lambda one: one[:2])
        return Decision(BETTER, design.names[place], lift.low, lift.high)
    if len(known) == len(others) and all(lift.high < 0 for _, lift in known):
        closest = max((lift for _, lift in known), key=lambda lift: lift.estimate)
        return Decision(WORSE, design.control, -closest.high, -closest.low)
    if is_running and not is_enough:
        return Decision(COLLECTING)
    return Decision(NO_DIFFERENCE)
