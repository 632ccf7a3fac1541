"""Experiments and results as they are answered."""

from __future__ import annotations

from backends.campaigns.experiments import schemas
from backends.campaigns.experiments.comparison import Comparison
from backends.campaigns.experiments.decision import COLLECTING, TOO_FEW
from backends.campaigns.experiments.design import FIXED, read_design
from backends.campaigns.experiments.models import Experiment
from backends.campaigns.experiments.off_policy.estimators import Evaluation
from backends.campaigns.experiments.planning import plan
from backends.campaigns.experiments.results import ArmResult, Results
from backends.campaigns.experiments.statistics.intervals import Interval


def experiment_view(experiment: Experiment) -> schemas.ExperimentView:
    """An experiment with its design and plan."""
    design = read_design(experiment.design)
    planned = plan(design)
    arms = [
        schemas.ArmView(name=arm.name, weight=arm.weight, share=share)
        for arm, share in zip(design.arms, design.shares, strict=True)
    ]
    stored = {name: experiment.design[name] for name in schemas.DesignView.__fields__}
    return schemas.ExperimentView(
        reference=experiment.reference,
        name=experiment.name,
        state=experiment.state,
        design=schemas.DesignView(**{**stored, "arms": arms}),
        planned=planned.units,
        planned_with_holdout=planned.with_holdout,
        created_at=experiment.created_at,
        started_at=experiment.started_at,
        ends_at=experiment.ends_at,
        ended_at=experiment.ended_at,
        why=experiment.why,
    )


def results_view(experiment: Experiment, found: Results) -> schemas.ResultsView:
    """Results; a fixed rule shows no p-value before it has its size, lest somebody stop on it."""
    design = read_design(experiment.design)
    decided = found.decision.state not in (COLLECTING, TOO_FEW)
    shows_p = design.rule != FIXED or decided
    return schemas.ResultsView(
        reference=experiment.reference,
        state=experiment.state,
        assigned=found.assigned,
        settled=found.settled,
        planned=found.planned,
        arms=[_arm(arm, shows_p) for arm in found.arms],
        holdout=_arm(found.holdout, shows_p) if found.holdout else None,
        balance=schemas.BalanceView(p=found.mismatch, is_mismatched=found.is_mismatched),
        decision=schemas.DecisionView(**found.decision.stored()),
    )


def evaluation_view(found: Evaluation, is_held_out: bool) -> schemas.OffPolicyAnswer:
    """An off-policy evaluation."""
    return schemas.OffPolicyAnswer(
        units=found.units,
        effective=found.effective,
        logged=interval_view(found.logged),
        estimates=[
            schemas.EstimateView(method=method, value=interval_view(value))
            for method, value in (("ips", found.ips), ("snips", found.snips), ("dr", found.dr))
        ],
        is_held_out=is_held_out,
    )


def interval_view(interval: Interval) -> schemas.IntervalView:
    """An interval."""
    return schemas.IntervalView(estimate=interval.estimate, low=interval.low, high=interval.high)


def _arm(arm: ArmResult, shows_p: bool) -> schemas.ArmResultView:
    return schemas.ArmResultView(
        name=arm.name or None,
        is_control=arm.is_control,
        assigned=arm.tally.assigned,
        settled=arm.tally.settled,
        total=arm.tally.total,
        late=arm.tally.late,
        value=interval_view(arm.value) if arm.value else None,
        comparison=_comparison(arm.comparison, shows_p) if arm.comparison else None,
    )


def _comparison(found: Comparison, shows_p: bool) -> schemas.ComparisonView:
    return schemas.ComparisonView(
        lift=interval_view(found.lift),
        relative=interval_view(found.relative) if found.relative else None,
        p=found.p if shows_p else None,
    )
