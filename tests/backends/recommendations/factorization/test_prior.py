"""The linear map of features: found where there is one, switched off where there is none."""

import numpy as np
import pytest
from sklearn.linear_model import BayesianRidge

from backends.recommendations.factorization.prior import PriorFit
from tests.backends.recommendations.factorization.made_up import features, no_features


def planted(seed, count=200, size=6, dimension=4, noise=0.1):
    """Features, factors that are a map of them with noise, and the map."""
    draw = np.random.default_rng(seed)
    given_features = features(seed, count, size) + 2
    weights = draw.normal(size=(size, dimension))
    factors = given_features @ weights - 1 + draw.normal(0, noise, (count, dimension))
    return given_features, factors.astype(np.float32), weights


def test_a_planted_map_is_found():
    given_features, factors, weights = planted(1)
    prior, precision = PriorFit(given_features).fit(factors)
    assert np.abs(prior.weights - weights).max() < 0.05
    assert prior.means(given_features) == pytest.approx(factors, abs=0.5)
    assert precision == pytest.approx(np.full(4, 100), rel=0.25)
    unseen = features(9, 5, 6) + 2
    assert np.abs(prior.means(unseen) - (unseen @ weights - 1)).max() < 0.15


@pytest.mark.parametrize("size", [1, 3, 6, 12])
@pytest.mark.parametrize("noise", [0.05, 0.5, 3.0])
def test_as_scikit_learn_computes_it(size, noise):
    """The same iteration with flat hyperpriors, one factor at a time; more features than rows too."""
    given_features, factors, _ = planted(size, count=9, size=size, noise=noise)
    prior, precision = PriorFit(given_features).fit(factors)

    def other(factor, steps):
        flat = dict.fromkeys(("alpha_1", "alpha_2", "lambda_1", "lambda_2", "tol"), 0)
        ridge = BayesianRidge(n_iter=steps, lambda_init=1, **flat)
        return ridge.fit(given_features.astype(float), factors[:, factor].astype(float))

    for factor in range(factors.shape[1]):
        # It solves for the weights once more at its end.
        assert prior.means(given_features)[:, factor] == pytest.approx(
            other(factor, 19).predict(given_features), abs=1e-3 * factors.std()
        )
        # Where there are more features than rows they leave nothing over, and it has no bound.
        if size < len(given_features):
            assert precision[factor] == pytest.approx(other(factor, 20).alpha_, rel=1e-3)


def test_features_that_say_nothing_are_switched_off():
    given_features = features(3, 120, 40)
    factors = np.random.default_rng(4).normal(size=(120, 4)).astype(np.float32)
    centred = given_features - given_features.mean(axis=0)
    squares, *_ = np.linalg.lstsq(centred, factors - factors.mean(axis=0), rcond=None)
    prior, precision = PriorFit(given_features).fit(factors)
    assert np.linalg.norm(prior.weights) < 0.15 * np.linalg.norm(squares)
    assert precision == pytest.approx(1 / factors.var(axis=0), rel=0.15)


def test_it_is_switched_off_for_one_factor_alone():
    given_features, factors, _ = planted(5)
    factors[:, 2] = np.random.default_rng(6).normal(size=len(factors))
    prior, _ = PriorFit(given_features).fit(factors)
    sizes = np.linalg.norm(prior.weights, axis=0)
    assert sizes[2] < 0.1 * sizes[[0, 1, 3]].min()


def test_without_features_the_mean_and_the_spread():
    factors = features(7, 30, 4)
    prior, precision = PriorFit(no_features(30)).fit(factors)
    assert prior.means(no_features(3)) == pytest.approx(np.tile(factors.mean(axis=0), (3, 1)))
    assert precision == pytest.approx(1 / factors.var(axis=0), rel=1e-4)


def test_what_is_uncertain_widens_the_spread():
    given_features, factors, _ = planted(8)
    fit = PriorFit(given_features)
    sure, precision = fit.fit(factors)
    unsure, lower = fit.fit(factors, np.full_like(factors, 1.0))
    assert (lower < 1).all()
    assert (precision > 50).all()
    assert unsure.weights == pytest.approx(sure.weights, abs=0.1)
    _, plain = PriorFit(no_features(200)).fit(factors, np.full_like(factors, 2.0))
    assert plain == pytest.approx(1 / (factors.var(axis=0) + 2), rel=1e-4)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "given_features",
    [
        features(1, 1, 5),
        np.zeros((4, 3), np.float32),
        np.full((4, 3), 0.1, np.float32),
        np.repeat(features(1, 4, 1), 3, axis=1),
    ],
    ids=["one item", "all zero", "never varying", "thrice the same"],
)
def test_features_that_cannot_tell_items_apart(given_features):
    factors = features(2, len(given_features), 4)
    prior, precision = PriorFit(given_features).fit(factors)
    assert np.isfinite(prior.weights).all()
    assert np.isfinite(precision).all()
    if (given_features == given_features[0]).all():
        assert not prior.weights.any()
        assert prior.means(given_features) == pytest.approx(
            np.tile(factors.mean(axis=0), (len(factors), 1)), abs=1e-6
        )


def test_where_the_features_lie_does_not_matter():
    given_features, factors, _ = planted(10)
    here, precision = PriorFit(given_features).fit(factors)
    there, same = PriorFit(given_features + 5).fit(factors)
    assert there.weights == pytest.approx(here.weights, abs=1e-3)
    assert there.intercept == pytest.approx(here.intercept)
    assert same == pytest.approx(precision, rel=1e-2)
