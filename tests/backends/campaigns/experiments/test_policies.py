"""Draws from hashes, Thompson's exact chances, LinUCB as the library has it."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mabwiser.mab import MAB, LearningPolicy

from backends.campaigns.experiments.design import Arm, Feature
from backends.campaigns.experiments.policies import linucb, thompson
from backends.campaigns.experiments.policies.draw import choose, uniforms
from backends.campaigns.experiments.policies.snapshot import (
    decide,
    first_parameters,
    linucb_parameters,
    propensities_of,
    thompson_parameters,
)

ROOT = Path(__file__).resolve().parents[4]
UNITS = [f"C{number}" for number in range(20_000)]


@given(st.text(max_size=20), st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
def test_the_numbers_are_the_words_of_the_digest(salt, units):
    for unit, found in zip(units, uniforms(salt, units), strict=True):
        digest = hashlib.sha256(f"{salt}\n{unit}".encode("utf-8", "surrogatepass")).digest()
        words = [int.from_bytes(digest[start : start + 8], "big") for start in (0, 8, 16, 24)]
        assert found.tolist() == [(word >> 11) / 2**53 for word in words]
        assert (found < 1).all()


def test_the_numbers_are_even_and_independent():
    found = uniforms("salt", UNITS)
    for column in range(4):
        counts = np.histogram(found[:, column], 20, (0, 1))[0]
        assert abs(counts - 1000).max() < 5 * 1000**0.5
    assert abs(np.corrcoef(found.T) - np.eye(4)).max() < 0.03
    assert abs(np.corrcoef(found[:, 1], uniforms("another", UNITS)[:, 1])[0, 1]) < 0.03


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda each: sum(each) > 0.1))
def test_an_arm_is_drawn_by_its_part_and_never_one_without(weights):
    shares = np.array(weights) / sum(weights)
    numbers = np.append(np.linspace(0, 1, 2001)[:-1], np.nextafter(1, 0))
    arms, chances = choose(numbers, shares)
    assert (chances == shares[arms]).all()
    assert (chances > 0).all()
    assert abs(np.bincount(arms, minlength=len(shares)) / 2001 - shares).max() < 0.002
    rows, row_chances = choose(numbers, np.tile(np.maximum(shares, 1e-6), (2001, 1)))
    assert (row_chances > 0).all()
    assert (rows != arms).mean() < 0.01


def test_another_process_draws_the_same(design):
    wanted = replace(design, arms=(Arm("A", 1), Arm("B", 2), Arm("C", 3)), holdout=0.2)
    program = f"""
import json
from datetime import date
from backends.campaigns.experiments.design import read_design
from backends.campaigns.experiments.policies.snapshot import decide, first_parameters
design = read_design(json.loads({json.dumps(json.dumps(_stored(wanted)))}))
found = decide(design, "salt", first_parameters(design), [f"C{{n}}" for n in range(500)])
print(json.dumps([found.arms.tolist(), found.is_holdout.tolist()]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    mine = decide(wanted, "salt", first_parameters(wanted), UNITS[:500])
    assert json.loads(done.stdout) == [mine.arms.tolist(), mine.is_holdout.tolist()]


def test_parts_and_holdout_are_as_designed(design):
    wanted = replace(design, arms=(Arm("A", 1), Arm("B", 3)), holdout=0.25, holdout_gets="nothing")
    found = decide(wanted, "salt", first_parameters(wanted), UNITS)
    assert found.is_holdout.mean() == pytest.approx(0.25, abs=0.01)
    assert (found.arms[found.is_holdout] == -1).all()
    assert (found.propensities[found.is_holdout] == 1).all()
    drawn = ~found.is_holdout
    assert (found.arms[drawn] == 1).mean() == pytest.approx(0.75, abs=0.01)
    assert set(found.propensities[drawn]) == {0.25, 0.75}
    control = decide(
        replace(wanted, holdout_gets="control"), "salt", {"probabilities": [0, 1]}, UNITS
    )
    assert (control.arms[control.is_holdout] == 0).all()


def better(a, b, c, d):
    """P(Beta(c, d) > Beta(a, b)) of whole parameters, exactly.

    Source: Evan Miller, Formulas for Bayesian A/B Testing: a sum over binomials, here as
    fractions.
    """

    def beta(x, y):
        return Fraction(1, x * comb(x + y - 1, x))

    return float(
        sum(beta(a + i, b + d) / ((d + i) * beta(1 + i, d) * beta(a, b)) for i in range(c))
    )


@given(*[st.integers(1, 60)] * 4)
@settings(max_examples=30, deadline=None)
def test_the_chances_of_two_arms_are_exact(a, b, c, d):
    found = thompson.chances(np.array([[a, b], [c, d]], float))
    assert found[1] == pytest.approx(better(a, b, c, d), abs=1e-9)
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "posterior",
    [[[3, 5], [10, 2], [4, 4]], [[1000, 9000], [1050, 8950], [990, 9010]], [[1, 1]] * 10],
)
def test_the_chances_of_more_arms_are_those_of_draws(posterior):
    rng = np.random.default_rng(2)
    draws = rng.beta(*np.array(posterior, float).T, size=(200_000, len(posterior)))
    often = np.bincount(draws.argmax(1), minlength=len(posterior)) / 200_000
    assert thompson.chances(np.array(posterior, float)) == pytest.approx(often, abs=0.005)


def test_the_posteriors_are_counts_and_the_library_draws_as_often(design):
    parameters = thompson_parameters(replace(design, exploration=0.0), [30, 40], [70, 60])
    assert parameters["posteriors"] == [[31, 71], [41, 61]]
    bandit = MAB([0, 1], LearningPolicy.ThompsonSampling(), seed=5)
    bandit.fit(np.repeat([0, 0, 1, 1], [30, 70, 40, 60]), np.repeat([1, 0, 1, 0], [30, 70, 40, 60]))
    # A bandit without a context draws as often as it is asked.
    often = np.mean([bandit.predict() for _ in range(4000)])
    assert parameters["probabilities"][1] == pytest.approx(often, abs=0.02)


def test_exploration_is_a_floor(design):
    parameters = thompson_parameters(replace(design, exploration=0.1), [0, 900], [1000, 100])
    assert parameters["probabilities"] == pytest.approx([0.05, 0.95], abs=1e-6)


CONTEXTUAL = {
    "kind": "linucb",
    "features": (Feature("age", 0, 100), Feature("visits", 0, 10)),
    "exploration": 0.2,
}


def test_linucb_scores_as_the_library_does(design):
    wanted = replace(design, **CONTEXTUAL)
    rng = np.random.default_rng(4)
    contexts = rng.uniform([0, 0], [100, 10], (500, 2))
    arms, rewards = rng.integers(0, 2, 500), rng.random(500)
    parameters = json.loads(json.dumps(linucb_parameters(wanted, contexts, arms, rewards)))
    ours = linucb.LinUcb.restored(parameters["models"])
    theirs = MAB([0, 1], LearningPolicy.LinUCB(alpha=linucb.ALPHA, l2_lambda=linucb.RIDGE))
    scaled = linucb.scaled(contexts, wanted.features)
    theirs.fit(arms, rewards, scaled)
    expected = [[each[0], each[1]] for each in theirs.predict_expectations(scaled[:50])]
    assert ours.scores(scaled[:50]) == pytest.approx(np.array(expected))

    found = decide(wanted, "salt", parameters, UNITS[:500], contexts)
    best = ours.best(scaled)
    assert (found.likely == best).all()
    assert set(found.propensities[found.arms == best]) == {0.9}
    assert set(found.propensities[found.arms != best]) == {0.1}
    assert (found.arms != best).mean() == pytest.approx(0.1, abs=0.04)
    # What is recomputed later is what was drawn with.
    for likely, arm, chance in zip(found.likely, found.arms, found.propensities, strict=True):
        assert propensities_of(wanted, parameters, int(likely))[arm] == chance


def _stored(design):
    from backends.campaigns.experiments.design import store_design

    return store_design(design)
