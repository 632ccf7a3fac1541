"""Variational updates against a second implementation, and planted structures found again."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings

from backends.recommendations.factorization.explicit import fit_ratings
from backends.recommendations.factorization.metrics import rmse
from backends.recommendations.factorization.prior import PriorFit
from backends.recommendations.factorization.training import predicted
from tests.backends.recommendations.factorization.made_up import (
    any_observations,
    features,
    no_features,
    planted_ratings,
)
from tests.backends.recommendations.factorization.second_implementation import (
    expected_error,
    spreads,
    updated,
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(any_observations())
def test_a_sweep_is_what_the_second_implementation_says(ratings):
    known = (features(1, ratings.user_count, 2), features(2, ratings.item_count, 3))
    before, after = islice(fit_ratings(ratings, *known, 4, 1), 2)
    stars = ratings.values.astype(float) - before.mean
    _, item_precision = PriorFit(known[1]).fit(before.items, spreads(before.item_covariances))
    users, user_covariances = updated(
        ratings.users,
        ratings.items,
        stars,
        ratings.user_count,
        before.items,
        before.item_covariances,
        before.user_prior.means(known[0]),
        before.user_precision,
        before.noise,
    )
    assert after.users == pytest.approx(users, abs=5e-3)
    items, item_covariances = updated(
        ratings.items,
        ratings.users,
        stars,
        ratings.item_count,
        users,
        user_covariances,
        before.item_prior.means(known[1]),
        item_precision,
        before.noise,
    )
    assert after.items == pytest.approx(items, abs=5e-3)
    assert after.item_covariances == pytest.approx(item_covariances, abs=5e-3)
    error = expected_error(
        (ratings.users, ratings.items), stars, users, user_covariances, items, item_covariances
    )
    assert after.noise == pytest.approx(len(ratings) / error, rel=0.02)
    _, user_precision = PriorFit(known[0]).fit(users, spreads(user_covariances))
    assert after.user_precision == pytest.approx(user_precision, rel=0.02)


def plain_factorization(ratings, dimension, sweeps, seed):
    """Biased matrix factorisation without features: each side about one mean, with one spread."""
    stars = ratings.values.astype(float) - float(ratings.values.mean())
    counts = (ratings.user_count, ratings.item_count)
    size = dimension + 1
    start = np.random.default_rng(seed).normal(0, 0.1, (counts[1], dimension))
    means = [np.zeros((counts[0], size)), np.column_stack([start, np.zeros(counts[1])])]
    covariances = [np.tile(0.1 * np.eye(size), (count, 1, 1)) for count in counts]
    centres, precisions = [np.zeros(size)] * 2, [np.ones(size)] * 2
    noise = 1 / stars.var()
    indices = (ratings.users, ratings.items)
    for _ in range(sweeps):
        for side in (0, 1):
            means[side], covariances[side] = updated(
                indices[side],
                indices[1 - side],
                stars,
                counts[side],
                means[1 - side],
                covariances[1 - side],
                np.tile(centres[side], (counts[side], 1)),
                precisions[side],
                noise,
            )
        error = expected_error(indices, stars, means[0], covariances[0], means[1], covariances[1])
        noise = len(stars) / error
        centres = [mean.mean(axis=0) for mean in means]
        precisions = [
            1 / (mean.var(axis=0) + spreads(spread).mean(axis=0))
            for mean, spread in zip(means, covariances, strict=True)
        ]
    return means, noise


def test_without_features_it_is_plain_biased_factorization():
    ratings = planted_ratings(1, users=25, items=16).seen
    plain, noise = plain_factorization(ratings, 4, 6, seed=3)
    both = fit_ratings(ratings, no_features(25), no_features(16), 4, seed=3)
    factors = list(islice(both, 6))[-1]
    assert factors.users == pytest.approx(plain[0], abs=5e-3)
    assert factors.items == pytest.approx(plain[1], abs=5e-3)
    assert factors.noise == pytest.approx(noise, rel=1e-2)


def figures(planted, item_features, dimension=6, sweeps=25):
    """RMSE on the held part, of items with many ratings and of those with few."""
    sides = (planted.user_features, item_features)
    factors = list(islice(fit_ratings(planted.seen, *sides, dimension, 1), sweeps))[-1]
    held = planted.held
    guessed = predicted(factors, held.users, held.items)
    few = planted.seen.item_counts()[held.items] < 8
    return rmse(guessed[~few], held.values[~few]), rmse(guessed[few], held.values[few])


def biases_alone(seen, held):
    """RMSE of μ + b_u + b_i by least squares, drawn a little to 0."""
    size = seen.user_count + seen.item_count
    design = np.zeros((len(seen), size))
    rows = np.arange(len(seen))
    design[rows, seen.users] = design[rows, seen.user_count + seen.items] = 1
    mean = seen.values.mean()
    biases = np.linalg.solve(design.T @ design + np.eye(size), design.T @ (seen.values - mean))
    guessed = mean + biases[held.users] + biases[seen.user_count + held.items]
    return rmse(guessed, held.values)


@pytest.mark.parametrize("seed", range(2, 8))
def test_a_planted_structure_is_found(seed):
    """All of it: a factor that is lost at the start does not come back."""
    planted = planted_ratings(seed)
    many, _ = figures(planted, no_features(50))
    rated = planted.seen.item_counts()[planted.held.items] >= 8
    assert many < 1.4 * planted.noise
    assert many < 0.7 * biases_alone(planted.seen, planted.held.take(rated))


def test_features_tell_what_items_with_few_ratings_are_like():
    planted = planted_ratings(3)
    many, few = figures(planted, no_features(50))
    with_features = figures(planted, planted.item_features)
    assert with_features[1] < 0.7 * few
    assert with_features[0] < 1.05 * many


def test_features_that_say_nothing_do_little_harm():
    planted = planted_ratings(4)
    plain, noisy = figures(planted, no_features(50)), figures(planted, features(9, 50, 10))
    assert noisy[0] < 1.05 * plain[0]
    assert noisy[1] < 1.15 * plain[1]


def test_factors_that_are_not_needed_shrink_to_nothing():
    """Of eight, three are in the data; hardly more are used."""
    planted = planted_ratings(5)
    sides = (planted.user_features, planted.item_features)
    factors = list(islice(fit_ratings(planted.seen, *sides, 8, 1), 40))[-1]
    effects = factors.users[:, :-1].std(axis=0) * factors.items[:, :-1].std(axis=0)
    assert (effects > 0.05 * effects.max()).sum() <= 5


def test_what_was_yielded_does_not_change_afterwards():
    planted = planted_ratings(6, users=10, items=8)
    sweeps = fit_ratings(planted.seen, planted.user_features, planted.item_features, 4, 1)
    first = next(sweeps)
    arrays = ("users", "items", "user_precision", "item_covariances")
    kept = {name: getattr(first, name).copy() for name in arrays}
    next(sweeps)
    for name, before in kept.items():
        assert np.array_equal(getattr(first, name), before), name
