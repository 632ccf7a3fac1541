"""Results of bandits: the weighted estimate is less biased than the plain mean, and covered."""

import numpy as np
import pytest

from backends.campaigns.experiments.counting import Sums
from backends.campaigns.experiments.policies.snapshot import (
    first_parameters,
    thompson_parameters,
)
from backends.campaigns.experiments.results import work_out
from backends.campaigns.experiments.statistics.adaptive import Cell, adaptively_weighted


def by_units(cells, arms):
    """A second implementation: one unit after the other, from the paper's formulas."""
    seen = [[0, 0.0] for _ in range(arms)]
    scores, weights = [], []
    for version in sorted({cell.version for cell in cells}):
        here = [cell for cell in cells if cell.version == version]
        guess = [total / count if count else 0.0 for count, total in seen]
        whole = sum(cell.units for cell in here)
        shared = [
            sum(cell.units / cell.propensities[arm] for cell in here) / whole for arm in range(arms)
        ]
        for cell in here:
            won = round(cell.total)
            for value in [1.0] * won + [0.0] * (round(cell.units) - won):
                scores.append(
                    [
                        guess[arm]
                        + (arm == cell.arm) * (value - guess[arm]) / cell.propensities[arm]
                        for arm in range(arms)
                    ]
                )
                weights.append([each**-0.5 for each in shared])
            seen[cell.arm][0] += cell.units
            seen[cell.arm][1] += cell.total
    scores, weights = np.array(scores), np.array(weights)
    means = (weights * scores).sum(0) / weights.sum(0)
    off = weights * (scores - means) / weights.sum(0)
    return means, off.T @ off


def test_the_estimate_from_sums_is_that_of_the_units():
    rng = np.random.default_rng(3)
    cells = []
    for version in range(1, 5):
        for likely in range(3):
            chances = tuple(np.full(3, 0.1) + 0.7 * (np.arange(3) == likely))
            for arm in range(3):
                units = int(rng.integers(0, 40))
                won = int(rng.integers(0, units + 1))
                if units:
                    cells.append(Cell(version, chances, arm, units, won, won))
    found = adaptively_weighted(cells, 3)
    means, covariance = by_units(cells, 3)
    assert found.means == pytest.approx(means)
    assert found.covariance == pytest.approx(covariance)


def bandit(design, rates, rng, batches=10, size=200):
    """A Thompson experiment that learns after each batch; its sums and snapshots."""
    arms = len(rates)
    won, of = np.zeros(arms, int), np.zeros(arms, int)
    snapshots, sums = {1: first_parameters(design)}, []
    for version in range(1, batches + 1):
        chances = np.array(snapshots[version]["probabilities"])
        got = rng.multinomial(size, chances)
        for arm in range(arms):
            if got[arm]:
                hits = int(rng.binomial(got[arm], rates[arm]))
                sums.append(Sums(version, None, arm, False, *[int(got[arm])] * 2, hits, hits, 0))
                won[arm] += hits
                of[arm] += got[arm]
        snapshots[version + 1] = thompson_parameters(design, won, of - won)
    return sums, snapshots


@pytest.fixture(scope="module")
def simulated():
    from datetime import date

    from backends.campaigns.experiments.design import Arm, Design

    design = Design(
        kind="thompson", arms=(Arm("A"), Arm("B")), control="A", baseline=0.3, effect=0.1,
        last_day=date(2026, 12, 31), exploration=0.05,
    )  # fmt: skip
    rng = np.random.default_rng(17)
    return [work_out(design, False, *bandit(design, (0.3, 0.3), rng)) for _ in range(200)]


def test_plain_means_are_too_low_and_the_weighted_ones_less(simulated):
    plain = np.mean([arm.tally.mean for one in simulated for arm in one.arms])
    weighted = np.mean([arm.value.estimate for one in simulated for arm in one.arms])
    assert plain < 0.295, "why the plain mean is not used"
    assert abs(weighted - 0.3) < 0.8 * (0.3 - plain)


def test_the_intervals_of_a_bandit_cover_as_often_as_said(simulated):
    own = [arm.value.low <= 0.3 <= arm.value.high for one in simulated for arm in one.arms]
    lifts = [
        found.lift.low <= 0 <= found.lift.high
        for one in simulated
        for found in [one.arms[1].comparison]
    ]
    assert 0.92 < np.mean(own) < 0.985
    assert 0.915 < np.mean(lifts) < 0.985


def test_the_arms_sizes_are_what_the_snapshots_say(simulated):
    assert sum(one.is_mismatched for one in simulated) <= 3
