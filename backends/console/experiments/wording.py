"""Figures and decisions in words that a shopkeeper reads."""

from __future__ import annotations

from backends.campaigns.experiments.decision import BETTER, COLLECTING, WORSE, Decision
from backends.campaigns.experiments.design import CONVERSION, Design
from backends.campaigns.experiments.statistics.intervals import Interval
from backends.console.texts import Texts


def value(design: Design, number: float, t: Texts) -> str:
    """A rate in percent, or an amount."""
    if design.measure == CONVERSION:
        return t("experiments.percent", number=_short(100 * number))
    return t("experiments.yuan", number=f"{number:,.2f}")


def difference(design: Design, number: float) -> str:
    """A difference as a number with its sign: points of percent, or yuan."""
    if design.measure == CONVERSION:
        return _signed(100 * number, 2 if abs(number) < 0.1 else 1)
    return _signed(number, 2)


def interval(design: Design, found: Interval | None, t: Texts) -> str:
    """From low to high."""
    if found is None:
        return ""
    return t(
        "experiments.range", low=value(design, found.low, t), high=value(design, found.high, t)
    )


def reading(design: Design, decision: Decision, settled: int, planned: int, t: Texts) -> str:
    """The decision as a sentence."""
    key = f"experiments.decision.{decision.state}"
    if decision.state == COLLECTING:
        return t(f"{key}_{design.rule}", settled=f"{settled:,}", planned=f"{planned:,}")
    if decision.state in (BETTER, WORSE):
        assert decision.low is not None
        assert decision.high is not None
        scale = 100 if design.measure == CONVERSION else 1
        low, high = _short(scale * decision.low), _short(scale * decision.high)
        return t(
            f"{key}_{design.measure}", arm=decision.arm, control=design.control, low=low, high=high
        )
    return t(key, settled=f"{settled:,}", planned=f"{planned:,}")


def _short(number: float) -> str:
    digits = 2 if abs(number) < 10 else 1
    return f"{number:,.{digits}f}"


def _signed(number: float, digits: int) -> str:
    return f"{number:+,.{digits}f}".replace("-", "−")
