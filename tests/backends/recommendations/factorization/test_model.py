"""The model as it serves: users folded in, new items, and what the history brings to a score."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.recommendations.factorization.explicit import fit_ratings
from backends.recommendations.factorization.implicit import Strength, fit_preferences
from backends.recommendations.factorization.model import HybridMatrixFactorization
from tests.backends.recommendations.factorization.made_up import (
    any_observations,
    features,
    planted_ratings,
    tastes,
)
from tests.backends.recommendations.factorization.second_implementation import spreads, updated

STRENGTH = Strength(0.4, 0.02)


def history(observations, user):
    mine = observations.users == user
    return observations.items[mine], observations.values[mine]


def preferences(feedback, sweeps, user_features=None, item_features=None):
    """The factors after each sweep."""
    if user_features is None:
        user_features = features(1, feedback.user_count, 2)
    if item_features is None:
        item_features = features(2, feedback.item_count, 3)
    return list(
        islice(fit_preferences(feedback, user_features, item_features, 4, STRENGTH, 1), sweeps)
    )


def ratings(planted, sweeps):
    """The factors after each sweep."""
    known = (features(1, planted.seen.user_count, 2), planted.item_features)
    return list(islice(fit_ratings(planted.seen, *known, 4, 1), sweeps))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(any_observations())
def test_folding_in_is_the_half_step_of_training(feedback):
    """What the next sweep makes of a user who did something, given the items as they are now."""
    known = features(1, feedback.user_count, 2)
    before, after = preferences(feedback, 2, known)
    model = HybridMatrixFactorization.of(before)
    for user in set(feedback.users.tolist()):
        folded = model.fold_in(*history(feedback, user), known[user])
        assert folded.vector == pytest.approx(after.users[user], abs=2e-3)
        assert folded.bias == 0


def test_folding_in_ratings_is_nearly_the_half_step_of_training():
    """What an item's factors have to do with each other is left out; the rest is the same."""
    planted = planted_ratings(1)
    seen = planted.seen
    known = features(1, seen.user_count, 2)
    before, after = ratings(planted, 16)[-2:]
    model = HybridMatrixFactorization.of(before)
    variances = spreads(before.item_covariances)
    exact, _ = updated(
        seen.users,
        seen.items,
        seen.values - before.mean,
        seen.user_count,
        before.items,
        np.array([np.diag(row) for row in variances]),
        before.user_prior.means(known),
        before.user_precision,
        before.noise,
    )
    for user in range(seen.user_count):
        folded = model.fold_in(*history(seen, user), known[user])
        found = np.append(folded.vector, folded.bias)
        assert found == pytest.approx(exact[user], abs=3e-4)
        assert found == pytest.approx(after.users[user], abs=0.15)


@pytest.mark.parametrize("kind", ["preferences", "ratings"])
def test_scores_are_the_formula(kind):
    factors = preferences(tastes(1), 3)[-1] if kind == "preferences" else None
    model = HybridMatrixFactorization.of(factors or ratings(planted_ratings(2), 3)[-1])
    user = model.fold_in([0, 2], [4, 1])
    scores = model.scores(user)
    for item in range(len(scores)):
        inner = sum(model.item_vectors[item] * user.vector)
        expected = model.mean + user.bias + model.item_biases[item] + inner
        assert scores[item] == pytest.approx(expected, abs=1e-5)
    if kind == "preferences":
        assert model.mean == user.bias == 0
        assert not model.item_biases.any()


def models():
    return {
        "preferences": HybridMatrixFactorization.of(preferences(tastes(1), 6)[-1]),
        "ratings": HybridMatrixFactorization.of(ratings(planted_ratings(3), 10)[-1]),
    }


MODELS = models()
KINDS = pytest.mark.parametrize("kind", MODELS)


@KINDS
@given(
    done=st.lists(st.tuples(st.integers(0, 29), st.integers(1, 5)), unique_by=lambda one: one[0]),
    seed=st.integers(0, 50),
)
@settings(deadline=None, derandomize=True)
def test_contributions_and_the_prior_make_the_score(kind, done, seed):
    """What the prior brings in does not depend on the values of what was done."""
    model = MODELS[kind]
    items, values = [item for item, _ in done], [float(value) for _, value in done]
    user = model.fold_in(items, values, features(seed, 1, 2)[0])
    contributions = user.contributions(model.item_vectors)
    assert contributions.shape == (len(model.item_vectors), len(done))
    nothing = replace(model.user_prior, intercept=np.zeros_like(model.user_prior.intercept))
    nothing = replace(nothing, weights=np.zeros_like(nothing.weights))
    without = replace(model, user_prior=nothing).fold_in(items, values)
    assert contributions.sum(axis=1) == pytest.approx(model.item_vectors @ without.vector, abs=2e-3)
    left = model.item_vectors @ user.vector - contributions.sum(axis=1)
    if kind == "ratings":
        # How much the prior brings in depends on which items were rated, not on the stars.
        turned = model.fold_in(items, [6 - value for value in values], features(seed, 1, 2)[0])
        same = model.item_vectors @ turned.vector
        same -= turned.contributions(model.item_vectors).sum(axis=1)
        assert left == pytest.approx(same, abs=2e-3)


@KINDS
def test_what_is_like_a_thing_done_gets_most_from_it(kind):
    """An item's own doing lifts itself; for ratings, when the stars were above what was expected."""
    model = MODELS[kind]
    user = model.fold_in([3, 8], [5.0, 5.0])
    contributions = user.contributions(model.item_vectors)
    assert contributions[3, 0] > 0
    assert contributions[8, 1] > 0


@KINDS
@pytest.mark.parametrize("with_features", [False, True])
def test_without_a_history_the_prior_speaks(kind, with_features):
    model = MODELS[kind]
    known = features(9, 1, 2)[0] if with_features else None
    user = model.fold_in([], [], known)
    assert user.pulls.shape == (0, 4)
    assert user.contributions(model.item_vectors).shape == (len(model.item_vectors), 0)
    centre = model.user_prior.means(known[None])[0] if with_features else model.user_prior.intercept
    expected = centre if kind == "ratings" else np.append(centre, 0)
    assert np.append(user.vector, user.bias) == pytest.approx(expected, abs=1e-5)


def test_the_mean_user_is_who_is_meant_without_features():
    model = MODELS["ratings"]
    mean = features(1, 80, 2).mean(axis=0)
    by_default, told = model.fold_in([1], [5.0]), model.fold_in([1], [5.0], mean)
    assert by_default.vector == pytest.approx(told.vector, abs=1e-5)


def test_more_of_a_thing_done_counts_for_more():
    model = MODELS["preferences"]
    once, often = (model.fold_in([5], [weight]) for weight in (1.0, 20.0))
    assert model.scores(often)[5] > model.scores(once)[5]


def test_new_items_lie_near_trained_ones_with_the_same_features():
    """Three kinds of items; of each a new one is likest to those of its kind."""
    feedback = tastes(4, users=60, items=30, groups=3)
    kinds = np.eye(3, dtype=np.float32)[np.arange(30) % 3]
    model = HybridMatrixFactorization.of(preferences(feedback, 8, item_features=kinds)[-1])
    vectors, biases = model.new_items(np.eye(3, dtype=np.float32))
    assert not biases.any()
    for kind in range(3):
        distances = np.linalg.norm(model.item_vectors - vectors[kind], axis=1)
        of_kind = np.arange(30) % 3 == kind
        assert distances[of_kind].max() < distances[~of_kind].min()


def test_new_items_of_ratings_are_predicted_from_their_features():
    """Items that nobody rated: their stars come from what those with such features got."""
    planted = planted_ratings(5)
    unseen = np.arange(50) % 10 == 0
    kept = planted.seen.take(~unseen[planted.seen.items])
    factors = list(
        islice(fit_ratings(kept, planted.user_features, planted.item_features, 4, 1), 20)
    )[-1]
    model = HybridMatrixFactorization.of(factors)
    vectors, biases = model.new_items(planted.item_features[unseen])
    hidden = planted.seen.take(unseen[planted.seen.items])
    place = np.cumsum(unseen) - 1
    guesses = []
    for user, item in zip(hidden.users, hidden.items, strict=True):
        who = model.fold_in(*history(kept, user))
        guesses.append(
            model.mean + who.bias + biases[place[item]] + vectors[place[item]] @ who.vector
        )
    assert np.corrcoef(guesses, hidden.values)[0, 1] > 0.8
