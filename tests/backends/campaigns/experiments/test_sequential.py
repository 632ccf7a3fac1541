"""Looking after every customer: errors stay below alpha, effects are found, and sooner."""

import math

import numpy as np
import pytest

from backends.campaigns.experiments.comparison import compare
from backends.campaigns.experiments.design import Arm, Design
from backends.campaigns.experiments.planning import mixture, plan
from backends.campaigns.experiments.statistics import sequential
from backends.campaigns.experiments.tally import Tally


def watched(design, rates, runs, seed):
    """How often, and after what part of the plan, an experiment is decided at any of its looks.

    A second implementation, over whole paths at once: the arms get units in turn, and after each
    turn somebody looks.
    """
    planned = plan(design).units
    each = math.ceil(planned / 2)
    tau = mixture(design, planned, 1)
    rng = np.random.default_rng(seed)
    turn = np.arange(1, each + 1)
    decided = []
    for _ in range(runs):
        won = np.cumsum(rng.random((2, each)) < np.array(rates)[:, None], axis=1)
        smooth = (won + 0.5) / (turn + 1)
        variance = (smooth * (1 - smooth)).sum(0) / turn
        apart = (won[1] - won[0]) / turn
        grown = variance + tau
        half = np.sqrt(variance * grown / tau * np.log(grown / variance / design.alpha**2))
        events = np.minimum(won.sum(0), 2 * turn - won.sum(0))
        may_look = (turn >= sequential.LEAST_UNITS) & (events >= sequential.LEAST_EVENTS)
        crossed = (np.abs(apart) > half) & may_look
        decided.append(crossed.argmax() / each if crossed.any() else np.nan)
    shown = ~np.isnan(decided)
    return shown.mean(), np.nanmean(decided) if shown.any() else np.nan


def a_design(design, **changes) -> Design:
    from dataclasses import replace

    return replace(design, rule="sequential", **changes)


@pytest.mark.parametrize(("rate", "effect"), [(0.02, 0.01), (0.1, 0.03), (0.5, 0.08)])
def test_looking_at_every_step_errs_no_more_than_alpha(design, rate, effect):
    wanted = a_design(design, baseline=rate, effect=effect)
    wrong, _ = watched(wanted, (rate, rate), 1000, 11)
    # Three standard errors of a share of 5 % in 1,000 runs are 2 points.
    assert wrong <= 0.05
    found, part = watched(wanted, (rate, rate + effect), 400, 12)
    assert found >= 0.78
    assert part < 0.6, "an effect is usually seen well before the planned size"


def test_the_naive_test_would_err_far_more_often(design):
    """Why the rule is needed at all."""
    rng, each = np.random.default_rng(13), 2000
    turn = np.arange(1, each + 1)
    wrong = 0
    for _ in range(300):
        won = np.cumsum(rng.random((2, each)) < 0.3, axis=1)
        pooled = won.sum(0) / (2 * turn)
        error = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-9) * 2 / turn)
        wrong += (np.abs(won[1] - won[0])[30:] / turn[30:] > 1.96 * error[30:]).any()
    assert wrong / 300 > 0.25


def test_the_shop_compares_as_the_simulation_does(design):
    wanted = a_design(design)
    planned = plan(wanted).units
    mine, other = Tally(400, 400, 150, 150), Tally(410, 410, 110, 110)
    _, (_, found) = compare(wanted, [other, mine], None, planned)
    rates = [(110.5) / 411, (150.5) / 401]
    variance = rates[0] * (1 - rates[0]) / 410 + rates[1] * (1 - rates[1]) / 400
    tau = mixture(wanted, planned, 1)
    half = math.sqrt(
        variance * (variance + tau) / tau * math.log((variance + tau) / variance / 0.05**2)
    )
    assert found.lift.estimate == pytest.approx(150 / 400 - 110 / 410)
    assert found.lift.high - found.lift.estimate == pytest.approx(half)
    # The p-value is alpha where the interval touches 0.
    assert sequential.always_valid_p(half, variance, tau) == pytest.approx(0.05)
    assert (found.p < 0.05) == found.lift.shows_a_difference


def test_too_early_says_nothing(design):
    wanted = a_design(design)
    few = [Tally(29, 29, 0, 0), Tally(400, 400, 400, 400)]
    assert compare(wanted, few, None, 1000)[1] == [None, None]
    rare = [Tally(500, 500, 0, 0), Tally(500, 500, 9, 9)]
    assert compare(wanted, rare, None, 1000)[1] == [None, None]


def test_several_arms_together_err_no_more_than_alpha(design):
    wanted = a_design(design, arms=(Arm("A"), Arm("B"), Arm("C"), Arm("D")))
    planned = plan(wanted).units
    rng, wrong, runs = np.random.default_rng(5), 0, 150
    for _ in range(runs):
        won, of = np.zeros(4), 0
        while of * 4 < planned:
            won += rng.binomial(40, 0.3, 4)
            of += 40
            tallies = [Tally(of, of, each, each) for each in won]
            found = compare(wanted, tallies, None, planned)[1]
            if any(each and each.lift.shows_a_difference for each in found):
                wrong += 1
                break
    assert wrong / runs <= 0.05
