"""What an experiment tests and by which rule: fixed before it starts, checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

AB, THOMPSON, LINUCB = "ab", "thompson", "linucb"
KINDS = (AB, THOMPSON, LINUCB)
CONVERSION, REVENUE = "conversion", "revenue"
MEASURES = (CONVERSION, REVENUE)
FIXED, SEQUENTIAL = "fixed", "sequential"
RULES = (FIXED, SEQUENTIAL)
CONTROL, NO_ARM = "control", "nothing"
SUCCESSES, ALL = "successes", "all"


class DesignError(ValueError):
    """Why a design cannot be used.

    Args:
        code: a stable word; the console has a sentence for each.
        message: one sentence for developers.
        **details: what the console's sentence names.
    """

    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


@dataclass(frozen=True)
class Arm:
    """What some get.

    Attributes:
        name: unique in the experiment; of outreach, the reference of a variant of copy.
        weight: how large its part is beside the others'; bandits begin with equal parts.
    """

    name: str
    weight: float = 1.0


@dataclass(frozen=True)
class Feature:
    """A number that is known of each unit when its arm is drawn, from ``low`` to ``high``."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Design:
    """A whole design.

    Attributes:
        kind: ``ab`` (fixed parts), ``thompson`` (Bernoulli Thompson sampling), ``linucb``
            (contextual: the arm may depend on the features).
        arms: 2 to 10.
        control: name of the arm that the others are compared with.
        holdout: share of the units kept out, 0 to 0.5.
        holdout_gets: ``control``, or ``nothing``.
        measure: ``conversion`` (a reward above 0 is a success), or ``revenue``.
        baseline: expected success rate, or mean revenue, of the control.
        effect: the smallest difference that is to be found: a share, or yuan.
        deviation: expected standard deviation of a unit's revenue; None of a conversion.
        alpha: type I error of the whole experiment, two-sided.
        power: chance to find the effect.
        rule: ``fixed`` (one look, at the planned size) or ``sequential`` (look at any time).
        window_hours: how long after its assignment a unit's reward counts.
        reports: ``successes`` when a failure is that nothing came within the window, ``all`` when
            failures are told too, as rewards of 0.
        features: of the context, in order.
        refresh_every: a bandit learns again when so many more outcomes are known.
        exploration: the part of the units that a bandit gives to all arms equally.
        last_day: the experiment ends with this day at the latest, in the shop's time zone.
    """

    kind: str
    arms: tuple[Arm, ...]
    control: str
    baseline: float
    effect: float
    last_day: date
    holdout: float = 0.0
    holdout_gets: str = CONTROL
    measure: str = CONVERSION
    deviation: float | None = None
    alpha: float = 0.05
    power: float = 0.8
    rule: str = FIXED
    window_hours: int = 168
    reports: str = SUCCESSES
    features: tuple[Feature, ...] = ()
    refresh_every: int = 100
    exploration: float = 0.1

    @property
    def shares(self) -> tuple[float, ...]:
        """The planned part of each arm among the units that are not held out."""
        if self.kind != AB:
            return (1 / len(self.arms),) * len(self.arms)
        whole = sum(arm.weight for arm in self.arms)
        return tuple(arm.weight / whole for arm in self.arms)

    @property
    def names(self) -> tuple[str, ...]:
        """The arms' names."""
        return tuple(arm.name for arm in self.arms)

    @property
    def control_place(self) -> int:
        """The control's place among the arms."""
        return self.names.index(self.control)

    @property
    def comparisons(self) -> int:
        """How many arms are compared with the control."""
        return len(self.arms) - 1

    @property
    def level(self) -> float:
        """Type I error of each comparison: Bonferroni."""
        return self.alpha / self.comparisons


_FIELDS = (
    "kind", "control", "baseline", "effect", "holdout", "holdout_gets", "measure", "deviation",
    "alpha", "power", "rule", "window_hours", "reports", "refresh_every", "exploration",
)  # fmt: skip


def read_design(stored: Mapping[str, Any]) -> Design:
    """The design as it was stored by `store_design`."""
    return Design(
        arms=tuple(Arm(**arm) for arm in stored["arms"]),
        features=tuple(Feature(**feature) for feature in stored["features"]),
        last_day=date.fromisoformat(stored["last_day"]),
        **{name: stored[name] for name in _FIELDS},
    )


def store_design(design: Design) -> dict[str, Any]:
    """The design as JSON."""
    return {**asdict(design), "last_day": design.last_day.isoformat()}


def check_design(design: Design, today: date) -> Design:
    """Return a design that can be run.

    Raises:
        DesignError: it cannot; the first reason.
    """
    names = design.names
    if not 2 <= len(names) <= 10:
        raise DesignError("arms", "An experiment has 2 to 10 arms.")
    if len(set(names)) < len(names):
        raise DesignError("arm_names", "Two arms have the same name.")
    if design.control not in names:
        raise DesignError("control", "The control must be one of the arms.")
    if not all(share >= 0.001 for share in design.shares):
        raise DesignError("weights", "Each arm needs at least a thousandth of the units.")
    if design.kind != AB and design.measure == REVENUE:
        raise DesignError("bandit_revenue", "A bandit needs a conversion as its measure.")
    if design.kind == LINUCB and not design.features:
        raise DesignError("features_missing", "LinUCB needs at least one feature.")
    if design.kind == LINUCB and design.exploration < 0.01:
        raise DesignError("exploration", "LinUCB explores with at least 1 % of the units.")
    features = [feature.name for feature in design.features]
    if len(set(features)) < len(features):
        raise DesignError("feature_names", "Two features have the same name.")
    if any(feature.low >= feature.high for feature in design.features):
        raise DesignError("feature_bounds", "A feature's low must be below its high.")
    if design.measure == CONVERSION and not design.baseline + design.effect < 1:
        raise DesignError("effect", "Baseline and effect together must be below 1.")
    if design.measure == CONVERSION and not design.baseline > 0:
        raise DesignError("baseline", "The baseline must be above 0.")
    if design.measure == REVENUE and not design.deviation:
        raise DesignError("deviation", "Revenue needs the standard deviation of a unit's value.")
    if design.last_day < today:
        raise DesignError("last_day", "The last day is over already.")
    if (design.last_day - today).days > 730:
        raise DesignError("last_day_far", "An experiment lasts two years at most.")
    return design
