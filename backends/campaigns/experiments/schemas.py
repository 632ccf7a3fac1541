"""Requests and answers about experiments."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, StrictBool, confloat, conint, conlist

from backends.campaigns.experiments.design import (
    Arm,
    Design,
    Feature,
)
from backends.campaigns.experiments.rewards import MOST_VALUE
from backends.fields import text
from backends.handoff.fields import Day, Moment
from backends.http import Inbound, Wire

REFERENCE_PATTERN = "^EX[0-9A-F]{10}$"
FEATURE_PATTERN = "^[a-z][a-z0-9_]{0,39}$"
CUSTOMER_PATTERN = "^[!-~]{1,20}$"
CHANNEL_PATTERN = "^[A-Za-z][A-Za-z0-9_-]{0,31}$"
_Number = confloat(ge=-1e9, le=1e9, strict=False)
_Share = confloat(ge=0, le=1)


class ArmIn(Inbound):
    """What some get; of outreach, its name is the reference of a variant of copy."""

    name: text(1, 60)  # type: ignore[valid-type]
    weight: confloat(ge=0.001, le=1000) = 1.0  # type: ignore[valid-type]


class FeatureIn(Inbound):
    """A number that is known of each customer beforehand."""

    name: text(1, 40, pattern=FEATURE_PATTERN)  # type: ignore[valid-type]
    low: _Number  # type: ignore[valid-type]
    high: _Number  # type: ignore[valid-type]


class ExperimentRequest(Inbound):
    """What is tested and by which rule; see `Design`."""

    name: text(1, 120)  # type: ignore[valid-type]
    kind: Literal["ab", "thompson", "linucb"] = "ab"
    arms: conlist(ArmIn, min_items=2, max_items=10)  # type: ignore[valid-type]
    control: text(1, 60) | None = Field(  # type: ignore[valid-type]
        None, description="By default the first arm."
    )
    holdout: confloat(ge=0, le=0.5) = 0.0  # type: ignore[valid-type]
    holdout_gets: Literal["control", "nothing"] = "control"
    measure: Literal["conversion", "revenue"] = "conversion"
    baseline: confloat(ge=0, le=1e6)  # type: ignore[valid-type]
    effect: confloat(ge=0.0001, le=1e6)  # type: ignore[valid-type]
    deviation: confloat(ge=0.0001, le=1e6) | None = None  # type: ignore[valid-type]
    alpha: confloat(ge=0.001, le=0.2) = 0.05  # type: ignore[valid-type]
    power: confloat(ge=0.5, le=0.99) = 0.8  # type: ignore[valid-type]
    rule: Literal["fixed", "sequential"] = "fixed"
    window_hours: conint(ge=1, le=2160) = 168  # type: ignore[valid-type]
    reports: Literal["successes", "all"] = "successes"
    features: conlist(FeatureIn, max_items=20) = Field([])  # type: ignore[valid-type]
    refresh_every: conint(ge=10, le=100_000) = 100  # type: ignore[valid-type]
    exploration: confloat(ge=0, le=1) = 0.1  # type: ignore[valid-type]
    last_day: Day

    def design(self) -> Design:
        """What was sent, as a design; not checked yet."""
        given: dict[str, Any] = self.dict(exclude={"name", "arms", "features", "control"})
        arms = tuple(Arm(arm.name, arm.weight) for arm in self.arms)
        features = tuple(Feature(one.name, one.low, one.high) for one in self.features)
        return Design(arms=arms, features=features, control=self.control or arms[0].name, **given)


class ExperimentsQuery(Inbound):
    """Which experiments."""

    state: Literal["draft", "running", "stopped", "ended"] | None = None


class ArmView(Wire):
    """An arm and its planned part."""

    name: str
    weight: float
    share: float


class FeatureView(Wire):
    """A feature of the context."""

    name: str
    low: float
    high: float


class DesignView(Wire):
    """A design as it stands."""

    kind: str
    arms: list[ArmView]
    control: str
    holdout: float
    holdout_gets: str
    measure: str
    baseline: float
    effect: float
    deviation: float | None
    alpha: float
    power: float
    rule: str
    window_hours: int
    reports: str
    features: list[FeatureView]
    refresh_every: int
    exploration: float
    last_day: str


class ExperimentView(Wire):
    """An experiment; ``planned`` is how many customers with a known outcome it needs."""

    reference: str
    name: str
    state: str
    design: DesignView
    planned: int
    planned_with_holdout: int
    created_at: datetime
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    why: str | None


class ExperimentsView(Wire):
    """Experiments, the newest first."""

    experiments: list[ExperimentView]


class Known(Inbound):
    """A customer whom the shop knows."""

    customer_id: text(1, 20, pattern=CUSTOMER_PATTERN)  # type: ignore[valid-type]


class Unknown(Inbound):
    """A customer who is known only as a sender."""

    channel: text(1, 32, pattern=CHANNEL_PATTERN)  # type: ignore[valid-type]
    sender: text(1, 255)  # type: ignore[valid-type]


class _Assign(Inbound):
    context: dict[str, float] | None = Field(
        None, description="Value by name of the experiment's features."
    )


class AssignKnown(Known, _Assign):
    """A known customer who needs an arm."""


class AssignUnknown(Unknown, _Assign):
    """A sender who needs an arm."""


class AssignRequest(Inbound):
    """Customers who need an arm."""

    customers: conlist(  # type: ignore[valid-type]
        AssignKnown | AssignUnknown, min_items=1, max_items=200
    )


class AssignedView(Wire):
    """What a customer got; the arm is null for one who is held out and gets nothing."""

    arm: str | None
    propensity: float
    is_holdout: bool


class AssignAnswer(Wire):
    """In the order of the customers."""

    assigned: list[AssignedView]


class _Reward(Inbound):
    value: confloat(ge=0, le=MOST_VALUE)  # type: ignore[valid-type]
    at: Moment | None = Field(None, description="By default now; later than now counts as now.")


class RewardKnown(Known, _Reward):
    """What came of a known customer."""


class RewardUnknown(Unknown, _Reward):
    """What came of a sender."""


class RewardsRequest(Inbound):
    """What came of some customers."""

    rewards: conlist(  # type: ignore[valid-type]
        RewardKnown | RewardUnknown, min_items=1, max_items=200
    )


class RewardsAnswer(Wire):
    """How many counted, had one already, were late, and were not assigned (by then)."""

    counted: int
    repeated: int
    late: int
    not_assigned: int


class IntervalView(Wire):
    """An estimate with its interval."""

    estimate: float
    low: float
    high: float


class ComparisonView(Wire):
    """An arm against the control."""

    lift: IntervalView
    relative: IntervalView | None
    p: float | None = Field(description="Null until a fixed rule has its planned size.")


class ArmResultView(Wire):
    """What is known of one arm."""

    name: str | None
    is_control: bool
    assigned: int
    settled: int
    total: float
    late: int
    value: IntervalView | None
    comparison: ComparisonView | None


class DecisionView(Wire):
    """What the rule says."""

    state: str
    arm: str | None
    low: float | None
    high: float | None


class BalanceView(Wire):
    """Whether the arms have as many customers as they should."""

    p: float | None
    is_mismatched: bool


class ResultsView(Wire):
    """All that is known now."""

    reference: str
    state: str
    assigned: int
    settled: int
    planned: int
    arms: list[ArmResultView]
    holdout: ArmResultView | None
    balance: BalanceView
    decision: DecisionView


class PolicyIn(Inbound):
    """A policy that did not run: one arm for all, weights, or one learned from the log."""

    kind: Literal["always", "weights", "linear", "linucb"]
    arm: text(1, 60) | None = None  # type: ignore[valid-type]
    weights: dict[str, confloat(ge=0, le=1000)] | None = None  # type: ignore[valid-type]


class OffPolicyRequest(Inbound):
    """What to estimate."""

    policy: PolicyIn
    alpha: confloat(ge=0.001, le=0.2) = 0.05  # type: ignore[valid-type]


class EstimateView(Wire):
    """The value of a policy by one method."""

    method: str
    value: IntervalView


class OffPolicyAnswer(Wire):
    """What the policy would have brought."""

    units: int
    effective: float
    logged: IntervalView
    estimates: list[EstimateView]
    is_held_out: StrictBool
