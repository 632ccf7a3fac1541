"""Alternating least squares against normal equations solved a row at a time, and its objective."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.recommendations.factorization.implicit import Strength, fit_preferences
from backends.recommendations.factorization.observations import Observations
from tests.backends.recommendations.factorization.made_up import (
    any_observations,
    features,
    no_features,
    tastes,
)

STRENGTHS = st.builds(
    Strength, st.sampled_from([0.05, 0.4, 2.0]), st.sampled_from([0.01, 0.05, 0.5])
)


def swept(feedback: Observations, strength: Strength, sweeps: int, size: int = 3, seed: int = 1):
    """The factors after each sweep, and the features they were learned with."""
    known = (features(5, feedback.user_count, 2), features(6, feedback.item_count, size))
    return list(islice(fit_preferences(feedback, *known, 4, strength, seed), sweeps)), known


def solved(rows, columns, values, row_count, others, centres, strength):
    """Each row's vector by its normal equations, in doubles."""
    others = others.astype(float)
    found = []
    for row in range(row_count):
        mine = others[columns[rows == row]]
        weights = values[rows == row].astype(float)
        pull = strength.regularisation * (len(mine) + strength.background * len(others))
        matrix = strength.background * others.T @ others + pull * np.eye(others.shape[1])
        right = pull * centres[row].astype(float)
        for vector, weight in zip(mine, weights, strict=True):
            matrix += weight * np.outer(vector, vector)
            right += weight * vector
        found.append(np.linalg.solve(matrix, right))
    return np.array(found)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(any_observations(), STRENGTHS)
def test_a_sweep_is_what_the_normal_equations_say(feedback, strength):
    (before, after), known = swept(feedback, strength, 2)
    user_centres = before.user_prior.means(known[0])
    item_centres = before.item_prior.means(known[1])
    users, items, values = feedback.users, feedback.items, feedback.values
    expected = solved(
        users, items, values, feedback.user_count, before.items, user_centres, strength
    )
    assert after.users == pytest.approx(expected, abs=2e-3)
    expected = solved(
        items, users, values, feedback.item_count, after.users, item_centres, strength
    )
    assert after.items == pytest.approx(expected, abs=2e-3)


def objective(feedback, users, items, centres, strength):
    """What is minimised, as the docstring of `fit_preferences` writes it."""
    users, items = users.astype(float), items.astype(float)
    scores = users @ items.T
    missed = 1 - scores[feedback.users, feedback.items]
    loss = (feedback.values * missed**2).sum() + strength.background * (scores**2).sum()
    for vectors, mean, counts, others in (
        (users, centres[0], feedback.user_counts(), len(items)),
        (items, centres[1], feedback.item_counts(), len(users)),
    ):
        pull = strength.regularisation * (counts + strength.background * others)
        loss += (pull * ((vectors - mean) ** 2).sum(axis=1)).sum()
    return loss


@settings(max_examples=40, deadline=None, derandomize=True)
@given(any_observations(), STRENGTHS)
def test_no_half_step_makes_it_worse(feedback, strength):
    """With the prior held fixed; that is learned anew after each half-step."""
    (before, after), known = swept(feedback, strength, 2)
    centres = (before.user_prior.means(known[0]), before.item_prior.means(known[1]))
    losses = [
        objective(feedback, users, items, centres, strength)
        for users, items in (
            (before.users, before.items),
            (after.users, before.items),
            (after.users, after.items),
        )
    ]
    assert losses[1] <= losses[0] * (1 + 1e-5)
    assert losses[2] <= losses[1] * (1 + 1e-5)


def test_what_is_taken_scores_higher_than_what_is_not():
    feedback = tastes(1)
    factors = swept(feedback, Strength(0.2, 0.01), 8)[0][-1]
    scores = factors.users @ factors.items.T
    taken = np.zeros(scores.shape, bool)
    taken[feedback.users, feedback.items] = True
    assert scores[taken].mean() > scores[~taken].mean() + 0.3


def test_a_heavier_weight_draws_its_score_nearer_to_one():
    feedback = tastes(2)

    def score(weight):
        values = np.ones(len(feedback), np.float32)
        values[0] = weight
        weighted = Observations(
            feedback.users, feedback.items, values, feedback.user_count, feedback.item_count
        )
        factors = swept(weighted, Strength(0.4, 0.02), 6)[0][-1]
        return float(factors.users[feedback.users[0]] @ factors.items[feedback.items[0]])

    light, even, heavy = score(0.1), score(1), score(50)
    assert light < even < heavy
    assert heavy == pytest.approx(1, abs=0.1)


def test_the_order_of_observations_does_not_matter():
    feedback = tastes(3)
    turned = feedback.take(np.random.default_rng(1).permutation(len(feedback)))
    one, other = (swept(each, Strength(0.4, 0.02), 3)[0][-1] for each in (feedback, turned))
    assert other.users == pytest.approx(one.users, abs=1e-3)
    assert other.items == pytest.approx(one.items, abs=1e-3)


def test_the_seed_decides():
    one, same, other = (
        swept(tastes(4), Strength(0.4, 0.02), 2, seed=seed)[0][-1] for seed in (1, 1, 2)
    )
    assert np.array_equal(one.items, same.items)
    assert not np.allclose(one.items, other.items, atol=1e-3)


def test_what_was_yielded_does_not_change_afterwards():
    sweeps = fit_preferences(tastes(5), no_features(40), no_features(30), 4, Strength(0.4, 0.02), 1)
    first = next(sweeps)
    kept = first.users.copy(), first.items.copy()
    next(sweeps)
    assert np.array_equal(first.users, kept[0])
    assert np.array_equal(first.items, kept[1])
