"""Scores change the order, but move nothing far."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from backends.recommendations.scoring.mixing import mixed_order

SCORES = st.lists(st.floats(0, 1), min_size=0, max_size=20)
WEIGHTS = st.floats(0, 1)


def test_without_a_bound_the_mixed_scores_decide():
    assert mixed_order([0.1, 0.9, 0.5], 1.0, 20) == [1, 2, 0]
    # 0.4·score + 0.6·rank score: 0.64, 0.66, 0.2
    assert mixed_order([0.1, 0.9, 0.5], 0.4, 20) == [1, 0, 2]
    assert mixed_order([0.1, 0.6, 0.5], 0.4, 20) == [0, 1, 2]


def test_a_product_that_talks_the_model_into_the_highest_score_gains_so_many_places():
    scores = [0.0] * 19 + [1.0]
    assert mixed_order(scores, 1.0, 5).index(19) == 14


@given(SCORES, WEIGHTS, st.integers(0, 25))
def test_nothing_moves_further_than_it_may(scores, weight, places):
    order = mixed_order(scores, weight, places)
    assert sorted(order) == list(range(len(scores)))
    assert all(abs(old - new) <= places for new, old in enumerate(order))


@given(SCORES, WEIGHTS, st.integers(0, 20))
def test_equal_scores_no_weight_or_no_places_change_nothing(scores, weight, places):
    same = list(range(len(scores)))
    assert mixed_order([0.5] * len(scores), weight, places) == same
    assert mixed_order(scores, 0.0, places) == same
    assert mixed_order(scores, weight, 0) == same


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.integers(0, 6))
def test_it_is_the_first_of_all_orders_that_keep_to_the_bound(fourths, places):
    """Place by place the highest that leaves a way for the others, found by trying all orders."""
    scores = [fourth / 4 for fourth in fourths]
    allowed = [
        order
        for order in permutations(range(len(scores)))
        if all(abs(old - new) <= places for new, old in enumerate(order))
    ]
    best = max(allowed, key=lambda order: [(scores[at], -at) for at in order])
    assert mixed_order(scores, 1.0, places) == list(best)
