"""What the index finds, beside numpy that computes all scores in double precision."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from backends.recommendations.index.inner_product import MaximumInnerProductIndex

ITEMS, DIMENSION = 30_000, 32
_NUMBERS = st.floats(-100, 100, width=32)


def best(vectors, biases, query, k, allowed=None):
    """The k best scores, the oracle."""
    scores = vectors.astype(float) @ query.astype(float) + biases
    if allowed is not None:
        scores = scores[allowed]
    return np.sort(scores)[::-1][:k]


@st.composite
def small_catalogues(draw):
    items, dimension = draw(st.integers(1, 40)), draw(st.integers(1, 6))
    return (
        draw(arrays.arrays(np.float32, (items, dimension), elements=_NUMBERS)),
        draw(arrays.arrays(np.float32, items, elements=_NUMBERS)),
        draw(arrays.arrays(np.float32, (draw(st.integers(0, 3)), dimension), elements=_NUMBERS)),
        draw(st.none() | arrays.arrays(bool, items)),
    )


@settings(deadline=None)
@given(small_catalogues(), st.integers(1, 50))
def test_a_small_catalogue_is_searched_exactly(catalogue, k):
    vectors, biases, queries, allowed = catalogue
    positions, scores = MaximumInnerProductIndex(vectors, biases).search(queries, k, allowed)
    assert positions.shape == scores.shape == (len(queries), k)
    for row, query in enumerate(queries):
        wanted = best(vectors, biases, query, k, allowed)
        there = positions[row] >= 0
        assert there.tolist() == [True] * len(wanted) + [False] * (k - len(wanted))
        assert np.all(scores[row][~there] == -np.inf)
        found = positions[row][there]
        assert len(set(found.tolist())) == len(found)
        assert allowed is None or allowed[found].all()
        np.testing.assert_allclose(scores[row][there], wanted, rtol=1e-4, atol=1e-2)
        np.testing.assert_allclose(
            scores[row][there], vectors[found] @ query + biases[found], rtol=1e-4, atol=1e-2
        )


def spread(decay, seed=5):
    """Items whose lengths differ by much, with a spectrum that decays, and 40 customers."""
    draw = np.random.default_rng(seed)
    spectrum = np.arange(1.0, DIMENSION + 1) ** -decay
    vectors = draw.standard_normal((ITEMS, DIMENSION)) * spectrum
    vectors *= np.exp(0.4 * draw.standard_normal((ITEMS, 1)))
    queries = draw.standard_normal((40, DIMENSION)) * spectrum
    biases = draw.standard_normal(ITEMS)
    return tuple(part.astype(np.float32) for part in (vectors, biases, queries))


def recall(index, queries, k, allowed=None):
    """The share of the k best that is found, by their scores."""
    _, scores = index.search(queries, k, allowed)
    hits = 0
    for row, query in enumerate(queries):
        least = best(index.vectors, index.biases, query, k, allowed)[-1]
        hits += np.count_nonzero(scores[row] >= least - 1e-3)
    return hits / scores.size


@pytest.fixture(scope="module")
def large():
    vectors, biases, queries = spread(0.5)
    return MaximumInnerProductIndex(vectors, biases, exact_up_to=2_000), queries


@pytest.mark.parametrize("decay", [0, 1])
@pytest.mark.parametrize("weight", [0, 0.1, 10])
def test_a_large_catalogue_loses_next_to_nothing(decay, weight):
    """However the vectors lie, and whatever the share of the biases."""
    vectors, biases, queries = spread(decay)
    index = MaximumInnerProductIndex(vectors, weight * biases, exact_up_to=2_000)
    for scale in (0, 0.03, 1):
        assert recall(index, np.float32(scale) * queries, 10) >= 0.98


@pytest.mark.parametrize("k", [1, 10, 100, 1000])
def test_any_number_is_found(large, k):
    index, queries = large
    assert recall(index, queries, k) >= 0.98


@pytest.mark.parametrize("share", [0.001, 0.05, 0.3, 0.9])
def test_a_mask_costs_no_recall(large, share):
    index, queries = large
    allowed = np.random.default_rng(1).random(ITEMS) < share
    positions, _ = index.search(queries, 10, allowed)
    assert allowed[positions].all()
    assert recall(index, queries, 10, allowed) >= 0.98


@pytest.mark.parametrize("barred", [0.5, 0.8])
def test_a_mask_of_all_that_one_likes_costs_no_recall(large, barred):
    index, queries = large
    scores = index.vectors @ queries[0] + index.biases
    allowed = scores < np.quantile(scores, 1 - barred)
    assert recall(index, queries[:1], 10, allowed) == 1


def test_fewer_are_allowed_than_asked_for(large):
    index, queries = large
    allowed = np.zeros(ITEMS, bool)
    allowed[[5, 17, 29_999]] = True
    positions, scores = index.search(queries, 5, allowed)
    assert all(set(row.tolist()) == {5, 17, 29_999, -1} for row in positions)
    assert np.all(scores[:, 3:] == -np.inf)
    positions, _ = index.search(queries, 5, np.zeros(ITEMS, bool))
    assert np.all(positions == -1)


def test_items_that_are_all_alike():
    index = MaximumInnerProductIndex(np.ones((5_000, 4), np.float32), exact_up_to=1_000)
    for query in ([0, 0, 0, 0], [1, 2, 3, 4]):
        positions, scores = index.search(np.array([query], np.float32), 3)
        assert len(set(positions[0].tolist()) - {-1}) == 3
        assert scores[0].tolist() == [sum(query)] * 3


def test_items_without_any_length():
    index = MaximumInnerProductIndex(np.zeros((5_000, 4), np.float32), exact_up_to=1_000)
    positions, scores = index.search(np.ones((1, 4), np.float32), 3)
    assert len(set(positions[0].tolist()) - {-1}) == 3
    assert scores[0].tolist() == [0, 0, 0]


def test_threads_find_the_same_as_one(large):
    index, queries = large
    alone, _ = index.search(queries, 10)
    with ThreadPoolExecutor(4) as pool:
        rows = pool.map(lambda query: index.search(query[None], 10)[0][0], [*queries] * 5)
    np.testing.assert_array_equal(list(rows), np.concatenate([alone] * 5))


@pytest.mark.parametrize(
    ("vectors", "biases", "sentence"),
    [
        (np.zeros((0, 3)), None, "at least one item"),
        (np.zeros((3, 0)), None, "one dimension"),
        (np.zeros(3), None, "must be a matrix"),
        (np.array([[1, np.nan]]), None, "vectors is not finite"),
        (np.zeros((3, 2)), np.zeros(2), "3 items need 3 biases"),
        (np.zeros((2, 2)), np.array([0, np.inf]), "bias is not a finite number"),
    ],
)
def test_what_cannot_be_indexed_is_refused(vectors, biases, sentence):
    with pytest.raises(ValueError, match=sentence):
        MaximumInnerProductIndex(vectors, biases)


@pytest.mark.parametrize(
    ("queries", "k", "allowed", "sentence"),
    [
        (np.zeros((1, 3)), 1, None, "need 2 dimensions, not 3"),
        (np.zeros(2), 1, None, "must be a matrix"),
        (np.array([[np.inf, 0]]), 1, None, "queries is not finite"),
        (np.zeros((1, 2)), 0, None, "at least 1 item must be asked for"),
        (np.zeros((1, 2)), 1, np.ones(4, bool), "mask needs 3 flags"),
    ],
)
def test_what_cannot_be_searched_is_refused(queries, k, allowed, sentence):
    index = MaximumInnerProductIndex(np.zeros((3, 2), np.float32))
    with pytest.raises(ValueError, match=sentence):
        index.search(queries, k, allowed)
