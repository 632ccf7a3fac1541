"""Rules, caps and diversity together."""

from collections import Counter
from datetime import datetime, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.recommendations.ranking.candidate import Candidate
from backends.recommendations.ranking.policy import Policy
from backends.recommendations.ranking.ranking import rank
from backends.recommendations.ranking.rules import Wanted, rules_for
from tests.backends.recommendations.items import candidates, item

NOW = datetime(2026, 11, 20, tzinfo=timezone.utc)


def rules(policy=None, at_large=True, wanted=None, stock=None):
    pieces = {**dict.fromkeys((f"AA-{at:04}" for at in range(15)), 9), **(stock or {})}
    return rules_for(wanted or Wanted(), policy or Policy(), pieces, {}, NOW, at_large)


def ids(ranking):
    return [one.item.id for one in ranking.candidates]


def by_category(*categories):
    return candidates(*(item(f"AA-{at:04}", category) for at, category in enumerate(categories)))


def test_a_cap_holds_as_long_as_the_list_can_be_filled():
    given_ones = by_category("a", "a", "a", "b", "c", "a", "c")
    found = rank(given_ones, rules(Policy(category_cap=2, category_caps={"c": 1})), {}, 4)
    assert ids(found) == ["AA-0000", "AA-0001", "AA-0003", "AA-0004"]
    assert found.relaxed == ()
    assert found.dropped == {"category_cap": 3}


def test_what_exceeds_a_cap_fills_the_end_of_the_list():
    given_ones = by_category("a", "a", "a", "b")
    found = rank(given_ones, rules(Policy(category_cap=1)), {}, 4)
    assert ids(found) == ["AA-0000", "AA-0003", "AA-0001", "AA-0002"]
    assert (found.relaxed, found.dropped) == (("category_cap",), {})


def test_there_are_no_caps_beside_a_product():
    given_ones = by_category("a", "a", "a", "b")
    found = rank(given_ones, rules(Policy(category_cap=1), at_large=False), {}, 3)
    assert ids(found) == ["AA-0000", "AA-0001", "AA-0002"]


def test_the_vectors_make_the_list_various():
    given_ones = candidates(*(item(f"AA-{at:04}") for at in range(4)))
    vectors = {
        "AA-0000": np.array([1.0, 0.0]),
        "AA-0001": np.array([1.0, 0.1]),
        "AA-0002": np.array([0.0, 1.0]),
    }
    assert ids(rank(given_ones, rules(Policy(diversity=0)), vectors, 3))[1] == "AA-0001"
    assert ids(rank(given_ones, rules(Policy(diversity=0.5)), vectors, 3))[1] == "AA-0002"


def test_nothing_comes_of_nothing():
    assert rank([], rules(), {}, 5).candidates == []
    assert rank(by_category("a"), rules(), {}, 0).candidates == []
    assert rank(by_category("a"), rules(stock={"AA-0000": 0}), {}, 5).candidates == []


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -float("inf")])
def test_a_score_is_finite(score):
    with pytest.raises(ValueError, match="LA-1001"):
        Candidate(item("LA-1001"), score)


@st.composite
def shops(draw):
    """Candidates with ties, vectors of some of them, their stock, and a policy."""
    n = draw(st.integers(0, 15))
    given_ones = [
        Candidate(
            item(f"AA-{at:04}", draw(st.sampled_from("abc")), price=draw(st.sampled_from([5, 50]))),
            float(draw(st.integers(0, 3))),
        )
        for at in range(n)
    ]
    whole = st.lists(st.integers(-2, 2), min_size=3, max_size=3)
    vectors = {
        one.item.id: np.array(draw(whole), float) for one in given_ones if draw(st.booleans())
    }
    stock = {one.item.id: draw(st.integers(0, 2)) for one in given_ones}
    policy = Policy(
        diversity=draw(st.sampled_from([0, 0.3, 1])),
        category_cap=draw(st.sampled_from([None, 1, 2])),
    )
    return given_ones, vectors, stock, policy


@given(shops(), st.integers(0, 20), st.sampled_from([None, 10]), st.randoms())
def test_what_holds_for_every_list(shop, limit, price_max, random):
    given_ones, vectors, stock, policy = shop
    of_this = rules(policy, wanted=Wanted(price_max=price_max), stock=stock)
    found = rank(given_ones, of_this, vectors, limit)
    fits = [
        one
        for one in given_ones
        if stock[one.item.id] > 0 and (price_max is None or one.item.price <= price_max)
    ]
    assert len(found.candidates) == min(limit, len(fits))
    assert len(set(ids(found))) == len(ids(found))
    assert all(one in fits for one in found.candidates)
    if found.candidates:
        best = min(fits, key=lambda one: (-one.score, one.item.id))
        assert found.candidates[0] is best
    if policy.category_cap and not found.relaxed:
        counts = Counter(one.item.category.id for one in found.candidates)
        assert all(count <= policy.category_cap for count in counts.values())
    hidden = found.dropped.get("in_stock", 0) + found.dropped.get("price", 0)
    assert hidden == len(given_ones) - len(fits)
    random.shuffle(given_ones)
    assert rank(given_ones, of_this, vectors, limit) == found
    # A shorter list is the beginning of a longer one as long as the cap does not give way.
    if not found.relaxed and limit:
        assert ids(rank(given_ones, of_this, vectors, limit - 1)) == ids(found)[: limit - 1]
