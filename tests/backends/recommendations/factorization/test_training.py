"""Training as a whole: when it stops, what it repeats, what it refuses, and the least it works on."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from backends.recommendations.factorization import strengths
from backends.recommendations.factorization.explicit import fit_ratings
from backends.recommendations.factorization.holdout import hold_out
from backends.recommendations.factorization.implicit import Strength, fit_preferences
from backends.recommendations.factorization.metrics import ranking_quality, rmse
from backends.recommendations.factorization.training import TrainingOptions, predicted, train
from tests.backends.recommendations.factorization.made_up import (
    features,
    no_features,
    observed,
    planted_ratings,
    tastes,
)

OPTIONS = TrainingOptions(dimension=4, strength=Strength(0.4, 0.02))
KINDS = pytest.mark.parametrize("kind", ["ratings", "preferences"])


def material(kind):
    """Observations, and features of users and items."""
    if kind == "preferences":
        return tastes(1), no_features(40), features(1, 30, 3)
    planted = planted_ratings(1, users=40, items=30)
    return planted.seen, planted.user_features, planted.item_features


def figures(kind, observations, user_features, item_features, options, sweeps):
    """What each sweep came to on the held-out part; lower is better."""
    seen, held = hold_out(observations, options.held_out, options.seed)
    known = (user_features, item_features, options.dimension)
    if kind == "ratings":
        learned = fit_ratings(seen, *known, options.seed)
        return [
            rmse(predicted(factors, held.users, held.items), held.values)
            for factors in islice(learned, sweeps)
        ]
    learned = fit_preferences(seen, *known, options.strength, options.seed)
    return [
        -ranking_quality(factors.users, factors.items, seen, held).ndcg
        for factors in islice(learned, sweeps)
    ]


@KINDS
@pytest.mark.parametrize("patience", [1, 3])
def test_it_stops_when_the_held_out_part_gets_no_better(kind, patience):
    options = replace(OPTIONS, patience=patience)
    known = figures(kind, *material(kind), options, 40)
    best = 0
    for sweep, figure in enumerate(known):
        if figure < known[best]:
            best = sweep
        elif sweep - best >= patience:
            break
    calls = []
    trained = train(material(kind)[0], kind, *material(kind)[1:], options, calls.append)
    assert trained.sweeps == best + 1
    assert trained.value == pytest.approx(abs(known[best]), abs=1e-6)
    assert trained.metric == {"ratings": "rmse", "preferences": "ndcg@10"}[kind]
    assert trained.seconds > 0
    # On the part to find the number of sweeps, then so many on everything.
    assert sum(calls) == (sweep + 1) + (best + 1)


@KINDS
def test_the_last_training_is_on_everything(kind):
    observations, *known = material(kind)
    trained = train(observations, kind, *known, OPTIONS)
    if kind == "ratings":
        learned = fit_ratings(observations, *known, 4, OPTIONS.seed)
        last = list(islice(learned, trained.sweeps))[-1].items[:, :-1]
    else:
        learned = fit_preferences(observations, *known, 4, OPTIONS.strength, OPTIONS.seed)
        last = list(islice(learned, trained.sweeps))[-1].items
    assert trained.model.item_vectors == pytest.approx(last, abs=1e-6)


@KINDS
def test_what_is_known_of_users_does_not_judge(kind):
    """It may have been learned from what is held out; it does go into the model."""
    observations, nothing, known = material(kind)
    told = features(8, observations.user_count, 3)
    one, other = (train(observations, kind, some, known, OPTIONS) for some in (nothing, told))
    assert one.value == pytest.approx(other.value)
    assert other.model.user_prior.weights.shape[0] == 3


@KINDS
def test_there_are_no_more_sweeps_than_allowed(kind):
    options = replace(OPTIONS, most_sweeps=2)
    calls = []
    trained = train(material(kind)[0], kind, *material(kind)[1:], options, calls.append)
    assert trained.sweeps <= 2
    assert sum(calls) <= 4


@KINDS
def test_the_seed_decides(kind):
    observations, *known = material(kind)
    one, same, other = (
        train(observations, kind, *known, replace(OPTIONS, seed=seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.model.item_vectors, same.model.item_vectors)
    assert (one.value, one.sweeps) == (same.value, same.sweeps)
    assert one.value != other.value
    assert one.model.item_vectors.shape == other.model.item_vectors.shape


def test_the_strength_is_where_no_neighbour_is_better():
    """Judged by five sweeps, as the search does."""
    observations, *known = material("preferences")
    options = replace(OPTIONS, strength=None)
    chosen = train(observations, "preferences", *known, options).model.strength
    row = strengths._BACKGROUNDS.index(chosen.background)
    column = strengths._REGULARISATIONS.index(chosen.regularisation)

    def best(place):
        tried = replace(options, strength=strengths._strength(place))
        return min(figures("preferences", observations, *known, tried, 5))

    for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        place = (row + step[0], column + step[1])
        if 0 <= place[0] < 5 and 0 <= place[1] < 5:
            assert best((row, column)) <= best(place)


def test_a_given_strength_is_taken():
    strength = Strength(0.123, 0.0456)
    options = replace(OPTIONS, strength=strength)
    observations, *known = material("preferences")
    assert train(observations, "preferences", *known, options).model.strength == strength


def test_learning_finds_the_tastes():
    """Against what everybody gets alike."""
    observations, *known = material("preferences")
    trained = train(observations, "preferences", *known, OPTIONS)
    seen, held = hold_out(observations, OPTIONS.held_out, OPTIONS.seed)
    counts = seen.item_counts().astype(np.float32)[:, None]
    alike = ranking_quality(np.ones((40, 1), np.float32), counts, seen, held)
    assert trained.value > 1.5 * alike.ndcg


@pytest.mark.parametrize(
    ("pairs", "values", "user_features", "item_features", "why"),
    [
        ([], [], no_features(2), no_features(3), "nothing to learn from"),
        ([(0, 0)], [1], no_features(3), no_features(3), "one row of features"),
        ([(0, 0)], [1], no_features(2), no_features(4), "one row of features"),
        ([(0, 0)], [1], no_features(2), np.full((3, 1), np.nan, np.float32), "finite"),
        ([(0, 0)], [1], np.full((2, 1), np.inf, np.float32), no_features(3), "finite"),
        ([(0, 0), (1, 1)], [1, 0], no_features(2), no_features(3), "above 0"),
        ([(0, 0), (1, 1)], [1, -1], no_features(2), no_features(3), "above 0"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(pairs, values, user_features, item_features, why):
    with pytest.raises(ValueError, match=why):
        train(observed(pairs, values, 2, 3), "preferences", user_features, item_features, OPTIONS)


SMALL = {
    "one observation": observed([(0, 0)], [4], 1, 1),
    "one observation among more": observed([(1, 2)], [4], 3, 4),
    "a catalogue of one item": observed([(user, 0) for user in range(6)], [5, 4, 3, 5, 1, 2], 6, 1),
    "one user": observed([(0, item) for item in range(7)], [5, 4, 3, 5, 1, 2, 3], 1, 7),
    "users and items without any": observed([(0, 0), (0, 1), (2, 1)], [5, 3, 4], 5, 6),
    "all alike": observed([(user, item) for user in range(5) for item in range(6)], [3] * 30, 5, 6),
}


@KINDS
@pytest.mark.parametrize("what", SMALL)
@pytest.mark.parametrize("size", [0, 3])
@pytest.mark.filterwarnings("error")
def test_little_is_enough(kind, what, size):
    observations = SMALL[what]
    known = (features(1, observations.user_count, size), features(2, observations.item_count, size))
    trained = train(observations, kind, *known, OPTIONS)
    model = trained.model
    for done in ([], observations.items[:1]):
        scores = model.scores(model.fold_in(done, [4.0] * len(done), known[0][0]))
        assert np.isfinite(scores).all()
        assert scores.shape == (observations.item_count,)
    vectors, biases = model.new_items(features(3, 2, size))
    assert np.isfinite(vectors).all()
    assert np.isfinite(biases).all()
    if kind == "ratings":
        assert model.mean == pytest.approx(observations.values.mean(), abs=1e-5)
        assert np.abs(scores - 3).max() < 3
    if what == "one observation":
        assert trained.value is None
