"""Intervals as SVG: a line with a dot on a common scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backends.campaigns.experiments.statistics.intervals import Interval

WIDTH, HEIGHT, _EDGE = 240, 28, 8


@dataclass(frozen=True)
class Drawing:
    """Where the parts of one interval lie, in units of the SVG's view box.

    Attributes:
        low, estimate, high: of the interval.
        zero: where 0 lies, if it is on the scale.
    """

    low: float
    estimate: float
    high: float
    zero: float | None


def draw(intervals: Sequence[Interval | None], with_zero: bool) -> list[Drawing | None]:
    """Put intervals on one scale that holds them all.

    Args:
        intervals: None where there is none.
        with_zero: whether 0 has to be on the scale.
    """
    known = [each for each in intervals if each is not None]
    if not known:
        return [None] * len(intervals)
    low = min([each.low for each in known] + ([0.0] if with_zero else []))
    high = max([each.high for each in known] + ([0.0] if with_zero else []))
    span = high - low or 1.0

    def place(value: float) -> float:
        return round(_EDGE + (WIDTH - 2 * _EDGE) * (value - low) / span, 1)

    zero = place(0.0) if with_zero else None
    return [
        Drawing(place(each.low), place(each.estimate), place(each.high), zero) if each else None
        for each in intervals
    ]
