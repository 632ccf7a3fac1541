"""Maximal Marginal Relevance against its formula, taken word by word."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backends.recommendations.ranking.diversity import MarginalRelevance, normalised

WHOLE = st.integers(-3, 3).map(float)
WEIGHTS = st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0])


@st.composite
def lists(draw):
    """Scores (n,) and vectors (n, 4), zeros and equal ones among them."""
    n = draw(st.integers(1, 12))
    scores = draw(arrays(float, n, elements=WHOLE))
    return scores, draw(arrays(float, (n, 4), elements=WHOLE))


def all_picks(scores, vectors, weight):
    picker = MarginalRelevance(scores, vectors, weight)
    return [picker.pick(np.ones(len(scores), bool)) for _ in scores]


def cosine(a, b):
    lengths = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / lengths if lengths else 0.0


def marginal(at, picked, scores, vectors, weight):
    """The formula of Carbonell and Goldstein, with scores taken to 0..1."""
    low, high = min(scores), max(scores)
    relevance = (scores[at] - low) / (high - low) if high > low else 1.0
    if not picked:
        return relevance
    return weight * relevance - (1 - weight) * max(
        cosine(vectors[at], vectors[one]) for one in picked
    )


@given(lists(), WEIGHTS)
def test_each_pick_is_the_best_by_the_formula(given_lists, weight):
    scores, vectors = given_lists
    picks = all_picks(scores, vectors, weight)
    assert sorted(picks) == list(range(len(scores)))
    for step, pick in enumerate(picks):
        values = {
            at: marginal(at, picks[:step], scores, vectors, weight)
            for at in set(picks) - set(picks[:step])
        }
        # Sums in another order differ in the last bits.
        assert values[pick] == pytest.approx(max(values.values()), abs=1e-9)


@given(lists(), WEIGHTS)
def test_the_first_is_the_most_relevant(given_lists, weight):
    scores, vectors = given_lists
    assert all_picks(scores, vectors, weight)[0] == int(np.argmax(scores))


@given(lists())
def test_relevance_alone_keeps_the_order(given_lists):
    scores, vectors = given_lists
    assert all_picks(scores, vectors, 1.0) == list(np.argsort(-scores, kind="stable"))


@given(lists(), WEIGHTS, st.floats(0.1, 100), st.floats(-100, 100))
def test_the_scale_of_scores_and_the_length_of_vectors_change_nothing(
    given_lists, weight, factor, shift
):
    scores, vectors = given_lists
    picker = MarginalRelevance(scores * factor + shift, vectors * factor, weight)
    picked: list[int] = []
    for _ in scores:
        best = max(
            marginal(at, picked, scores, vectors, weight)
            for at in range(len(scores))
            if at not in picked
        )
        at = picker.pick(np.ones(len(scores), bool))
        assert marginal(at, picked, scores, vectors, weight) == pytest.approx(best, abs=1e-6)
        picked.append(at)


def test_a_twin_waits_for_what_is_different():
    vectors = [[1, 0], [1, 0.01], [0, 1]]
    assert all_picks([1.0, 0.99, 0.0], vectors, 1.0) == [0, 1, 2]
    assert all_picks([1.0, 0.99, 0.0], vectors, 0.3) == [0, 2, 1]


def test_only_what_is_allowed_is_picked():
    picker = MarginalRelevance([3.0, 2.0, 1.0], np.eye(3), 0.7)
    assert picker.pick(np.array([False, False, True])) == 2
    assert picker.pick(np.array([False, False, True])) is None
    assert picker.pick(np.ones(3, bool)) == 0


def test_nothing_to_pick_from():
    assert MarginalRelevance([], np.zeros((0, 4)), 0.7).pick(np.ones(0, bool)) is None


@settings(max_examples=50)
@given(
    arrays(float, st.integers(1, 9), elements=st.floats(-1.7e308, 1.7e308, allow_subnormal=False))
)
def test_normalised_scores_keep_their_order_within_0_and_1(scores):
    found = normalised(scores)
    assert found.max() == 1
    assert found.min() == (0 if scores.max() / 2 > scores.min() / 2 else 1)
    assert (np.diff(found[np.argsort(scores)]) >= 0).all()


def test_time_grows_with_picks_times_items():
    def seconds(n):
        rng = np.random.default_rng(0)
        scores, vectors = rng.random(n), rng.random((n, 32))
        best = math.inf
        for _ in range(5):
            picker = MarginalRelevance(scores, vectors, 0.7)
            start = time.perf_counter()
            for _ in range(20):
                picker.pick(np.ones(n, bool))
            best = min(best, time.perf_counter() - start)
        return best

    # Ten times the items: a hundred times where each pick compares all with all.
    assert seconds(20_000) < 40 * seconds(2_000)
