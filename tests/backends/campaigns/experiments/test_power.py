"""Sample sizes against published values, a second implementation, and simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from backends.campaigns.experiments.planning import plan
from backends.campaigns.experiments.statistics.intervals import two_proportions_p
from backends.campaigns.experiments.statistics.power import (
    critical_factor,
    means_size,
    proportions_size,
)


def size(baseline, effect, power, alpha=0.05, ratio=1.0):
    factor = critical_factor(alpha, 1, sequential=False)
    return proportions_size(baseline, effect, factor, power, ratio)


def test_the_values_that_the_manual_of_r_prints():
    # ?power.prop.test: p1 = .50, p2 = .75, power = .90 gives n = 76.7; n = 50 gives 0.740.
    assert size(0.5, 0.25, 0.9) == pytest.approx(76.7, abs=0.05)
    assert size(0.5, 0.25, 0.740) == pytest.approx(50, abs=0.1)
    # ?power.t.test: delta = 1, sd = 1, power = .90 gives 22.02 by Student's distribution; the
    # normal one needs z(1 - alpha / 2)^2 / 4 fewer.
    found = means_size(1, 1, critical_factor(0.05, 1, sequential=False), 0.9)
    assert found == pytest.approx(22.02 - norm.isf(0.025) ** 2 / 4, abs=0.06)


@given(
    st.floats(0.01, 0.6), st.floats(0.01, 0.3), st.floats(0.55, 0.95), st.floats(0.005, 0.2)
)  # fmt: skip
def test_more_is_needed_for_less(baseline, effect, power, alpha):
    found = size(baseline, effect, power, alpha)
    assert size(baseline, effect * 0.9, power, alpha) > found
    assert size(baseline, effect, power + 0.02, alpha) > found
    assert size(baseline, effect, power, alpha / 2) > found


@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_the_planned_size_has_the_power_it_says(ratio):
    control = round(size(0.2, 0.05, 0.8, ratio=ratio))
    arm = round(control * ratio)
    rng = np.random.default_rng(1)
    won, base = rng.binomial(arm, 0.25, 4000), rng.binomial(control, 0.2, 4000)
    shown = [
        two_proportions_p(mine, arm, other, control) < 0.05
        for mine, other in zip(won, base, strict=True)
    ]
    assert np.mean(shown) == pytest.approx(0.8, abs=0.025)


def test_comparisons_share_alpha_and_looking_costs(design):
    from dataclasses import replace

    from backends.campaigns.experiments.design import Arm

    two = plan(design).units
    three = plan(replace(design, arms=(*design.arms, Arm("C")))).units
    assert three > 1.5 * two, "a third arm needs its own part and a smaller alpha"
    watched = plan(replace(design, rule="sequential")).units
    assert 1.5 * two < watched < 2.2 * two
    held = plan(replace(design, holdout=0.2))
    assert held.units == two
    assert held.with_holdout == pytest.approx(two / 0.8, abs=1)
    assert held.days(100, 48) == -(-held.with_holdout // 100) + 2


def test_uneven_parts_need_more(design):
    from dataclasses import replace

    from backends.campaigns.experiments.design import Arm

    uneven = replace(design, arms=(Arm("A", 1), Arm("B", 9)))
    assert plan(uneven).units > 2 * plan(design).units
