"""Off-policy questions about an experiment of the shop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.counting import is_settled, value_of
from backends.campaigns.experiments.design import Design, read_design
from backends.campaigns.experiments.models import Assignment, Experiment
from backends.campaigns.experiments.off_policy.estimators import Evaluation, NoSupport, evaluate
from backends.campaigns.experiments.off_policy.log import Log
from backends.campaigns.experiments.off_policy.policies import (
    Learned,
    LearnedLinUcb,
    Policy,
    Weights,
    always,
)
from backends.campaigns.experiments.policies.linucb import scaled

ALWAYS, WEIGHTS, LINEAR, LINUCB = "always", "weights", "linear", "linucb"
KINDS = (ALWAYS, WEIGHTS, LINEAR, LINUCB)
#: The newest so many units are looked at.
MOST_UNITS = 200_000


@dataclass(frozen=True)
class Question:
    """A policy that did not run.

    Attributes:
        kind: ``always`` (one arm), ``weights``, ``linear`` (a regression of each arm, learned from
            the log) or ``linucb`` (learned from the log).
        arm: of ``always``.
        weights: of ``weights``, by the arms' names.
    """

    kind: str
    arm: str | None = None
    weights: Mapping[str, float] | None = None


async def ask(
    session: AsyncSession,
    experiment: Experiment,
    question: Question,
    moment: datetime,
    alpha: float = 0.05,
) -> Evaluation:
    """Estimate what a policy would have brought, from the settled units of an experiment.

    One that learns, learns from a random half of the log and is evaluated on the other.

    Raises:
        NoSupport: the log or the question does not allow it.
    """
    design = read_design(experiment.design)
    chosen = _given_policy(design, question)
    needs_contexts = chosen is None
    rows = select(
        Assignment.context, Assignment.arm, value_of(design), Assignment.propensity
    ).where(
        Assignment.experiment_id == experiment.id,
        Assignment.is_holdout.is_(False),
        is_settled(design, moment),
    )
    if design.features:
        # An erased customer's context is gone; what is left of the unit is of no use here.
        rows = rows.where(Assignment.context.is_not(None))
    rows = rows.order_by(Assignment.assigned_at.desc(), Assignment.unit).limit(MOST_UNITS)
    found = [tuple(row) for row in await session.execute(rows)]

    def work() -> Evaluation:
        log = _log(design, found)
        policy = chosen
        if needs_contexts:
            if len(log) < 2:
                raise NoSupport("empty", "There is no unit with a known outcome to learn from.")
            half = np.random.default_rng(0).permutation(len(log)) % 2 == 0
            learner = Learned if question.kind == LINEAR else LearnedLinUcb
            policy, log = learner(log.part(half)), log.part(~half)
        assert policy is not None
        return evaluate(log, policy, alpha)

    return await asyncio.to_thread(work)


def _given_policy(design: Design, question: Question) -> Policy | None:
    """The policy; None for one that has to be learned."""
    names = design.names
    if question.kind == ALWAYS:
        if question.arm not in names:
            raise NoSupport("arm", "The experiment has no such arm.")
        return always(names.index(question.arm), len(names))
    if question.kind == WEIGHTS:
        given = dict(question.weights or {})
        if not set(given) <= set(names) or not any(given.values()):
            raise NoSupport("weights", "Give weights by the arms' names, not all of them 0.")
        return Weights(np.array([given.get(name, 0.0) for name in names]))
    if not design.features:
        raise NoSupport("features", "A learned policy needs an experiment with features.")
    return None


def _log(design: Design, rows: list[tuple]) -> Log:
    contexts = np.empty((len(rows), 0))
    if design.features:
        told = np.array([row[0] for row in rows], float).reshape(len(rows), len(design.features))
        contexts = scaled(told, design.features)[:, 1:]
    return Log(
        contexts,
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], float),
        np.array([row[3] for row in rows], float),
        len(design.arms),
    )
