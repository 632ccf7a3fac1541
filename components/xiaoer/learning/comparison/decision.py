"""Whether a challenger may serve: by rules that stand before anything is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from xiaoer.learning.comparison.paired import Paired


class Verdict(str, Enum):
    """What is decided."""

    PROMOTE = "promote"
    WORSE = "worse"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Rules:
    """What is decided by.

    Attributes:
        tolerance: How many points the challenger may be behind and still serve.
        newly_failing: How many test conversations may fail that passed with the champion.
    """

    tolerance: float = 2.0
    newly_failing: int = 0


@dataclass(frozen=True)
class Decision:
    """The verdict and each reason for it, in a sentence."""

    verdict: Verdict
    reasons: tuple[str, ...]


def decide(
    rules: Rules, measures: Sequence[tuple[str, Paired | None]], newly_failing: Sequence[str]
) -> Decision:
    """Return what is decided.

    A measure speaks against the challenger when its whole interval is below 0, or the difference
    itself is below the tolerance; it is for it when its whole interval is above -tolerance (a test
    of non-inferiority: G. Piaggio et al., "Reporting of Noninferiority and Equivalence Randomized
    Trials", JAMA 308 (2012)); else there is too little to tell. One measure against it is enough to
    refuse; all must be for it to promote. Test conversations are no sample of customers but
    promises: those that break count one by one.

    Args:
        rules: What is decided by.
        measures: Name and figures; None where there was nothing to measure.
        newly_failing: The test conversations that passed with the champion and fail now.
    """
    worse: list[str] = []
    unclear: list[str] = []
    fine: list[str] = []
    if len(newly_failing) > rules.newly_failing:
        worse.append(
            f"{len(newly_failing)} test conversations fail that passed with the champion: "
            f"{', '.join(newly_failing[:5])}{' …' if len(newly_failing) > 5 else ''}."
        )
    for name, paired in measures:
        if paired is None:
            unclear.append(f"{name}: there is nothing to measure it by.")
            continue
        said = (
            f"{name}: {paired.difference:+.1f} points on {paired.of} messages "
            f"(95 % interval {paired.low:+.1f} to {paired.high:+.1f})"
        )
        if paired.high < 0 or paired.difference < -rules.tolerance:
            worse.append(f"{said}: worse.")
        elif paired.low >= -rules.tolerance:
            fine.append(f"{said}: not worse than by {rules.tolerance:g}.")
        else:
            unclear.append(
                f"{said}: too few to rule out that it is worse by more than {rules.tolerance:g}."
            )
    if worse:
        return Decision(Verdict.WORSE, (*worse, *unclear, *fine))
    if unclear:
        return Decision(Verdict.UNCLEAR, (*unclear, *fine))
    return Decision(Verdict.PROMOTE, tuple(fine))
