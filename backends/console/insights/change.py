"""How a figure has changed, and whether that is good."""

from __future__ import annotations

from dataclasses import dataclass

from backends.console.insights.formats import MINUS
from backends.console.texts import Texts
from backends.insights.measures.definitions import Measure
from backends.insights.measures.query import Value


@dataclass(frozen=True)
class Change:
    """A change in words.

    Attributes:
        text: with sign and unit, or why there is none.
        way: ``up``, ``down``, or "" when nothing changed or nothing can be said.
        verdict: ``good``, ``bad``, or "" where neither is.
    """

    text: str
    way: str = ""
    verdict: str = ""


def change(measure: Measure, value: Value, before: Value, t: Texts) -> Change:
    """Compare a figure with the one before.

    Shares and scores change by points, all others by a share of what they were.
    """
    if value.value is None or before.value is None:
        return Change(t("insights.change.none"))
    by = value.value - before.value
    if measure.unit == "share":
        size, shown = by * 100, "insights.change.points"
    elif measure.unit == "score":
        size, shown = by, "insights.change.score"
    elif before.value == 0:
        return _judged(measure, t("insights.change.new"), by) if by else _same(t)
    else:
        size, shown = by / before.value * 100, "insights.change.relative"
    if abs(size) < 0.05:
        return _same(t)
    sign = "+" if size > 0 else MINUS
    return _judged(measure, t(shown, by=f"{sign}{abs(size):,.1f}"), by)


def _same(t: Texts) -> Change:
    return Change(t("insights.change.same"))


def _judged(measure: Measure, text: str, by: float) -> Change:
    way = "up" if by > 0 else "down"
    if measure.good not in ("up", "down"):
        return Change(text, way)
    return Change(text, way, "good" if measure.good == way else "bad")
