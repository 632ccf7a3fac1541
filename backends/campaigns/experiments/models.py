"""Tables of experiments, of the policies they drew from, and of who got which arm."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
)

from backends.db import Base, UtcDateTime

DRAFT, RUNNING, STOPPED, ENDED = "draft", "running", "stopped", "ended"
STATES = (DRAFT, RUNNING, STOPPED, ENDED)
#: The arm of a held-out unit that gets nothing.
NOTHING = -1
MOST_UNIT = 80


class Experiment(Base):
    """One experiment.

    Attributes:
        reference: by which the other parts name it, "EX" and ten hexadecimal digits.
        design: what is tested and by which rule (`backends.campaigns.experiments.design.Design`);
            it cannot change once started.
        salt: from which, with a unit, its arm is drawn.
        ends_at: the latest end, set at start.
        why: what ended it: ``rule``, ``date`` or ``person``.
        outcome: the decision at the end, as it was known then.
    """

    __tablename__ = "experiments"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'running', 'stopped', 'ended')", name="state"),
        CheckConstraint("state = 'draft' OR started_at IS NOT NULL", name="started"),
        Index(None, "state"),
    )

    id = Column(Integer, primary_key=True)
    reference = Column(String(12), nullable=False, unique=True)
    name = Column(String(120), nullable=False)
    state = Column(String(8), nullable=False)
    design = Column(JSON, nullable=False)
    salt = Column(String(32), nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    started_at = Column(UtcDateTime)
    ends_at = Column(UtcDateTime)
    ended_at = Column(UtcDateTime)
    why = Column(String(8))
    outcome = Column(JSON(none_as_null=True))


class PolicySnapshot(Base):
    """What an experiment drew from for a while; never changed, so draws can be done again.

    Attributes:
        version: 1 at start, one more each time the policy has learned.
        learned_from: of how many settled units it knows the outcome.
        parameters: see `backends.campaigns.experiments.policies.snapshot`.
    """

    __tablename__ = "experiment_policies"

    experiment_id = Column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    version = Column(Integer, primary_key=True)
    learned_from = Column(Integer, nullable=False)
    parameters = Column(JSON, nullable=False)
    made_at = Column(UtcDateTime, nullable=False)


class Assignment(Base):
    """Which arm a unit got, with what probability, and what came of it.

    Attributes:
        unit: a customer id, or a hashed sender (`backends.campaigns.experiments.units`).
        arm: its place in the design's arms; -1 for a held-out unit that gets nothing.
        likely: the arm that a contextual policy held for the best; NULL for other kinds.
        propensity: of this arm for a unit that is not held out; 1 for one that is.
        version: of the policy that it was drawn from.
        context: values of the design's features in their order, or NULL.
        value: the first reward within the window; NULL while there is none.
        late: whether one came after the window.
    """

    __tablename__ = "experiment_assignments"
    __table_args__ = (
        CheckConstraint("propensity > 0 AND propensity <= 1", name="propensity"),
        CheckConstraint("(value IS NULL) = (rewarded_at IS NULL)", name="value"),
    )

    experiment_id = Column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    unit = Column(String(MOST_UNIT), primary_key=True)
    arm = Column(SmallInteger, nullable=False)
    likely = Column(SmallInteger)
    propensity = Column(Float(53), nullable=False)
    is_holdout = Column(Boolean, nullable=False)
    version = Column(Integer, nullable=False)
    context = Column(JSON(none_as_null=True))
    assigned_at = Column(UtcDateTime, nullable=False)
    value = Column(Float(53))
    rewarded_at = Column(UtcDateTime)
    late = Column(Boolean, nullable=False)
