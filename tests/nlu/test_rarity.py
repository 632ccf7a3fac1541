"""What a subword counts for follows from how many texts it stands in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.nlu.heads import IntentHead, Scaling, from_arrays, to_arrays
from xiaoer.nlu.rarity import SubwordRarity

TEXTS = [np.array(ids) for ids in ([0, 7, 1], [0, 7, 8, 1], [0, 9, 9, 1])]
SUBWORDS = st.lists(st.integers(0, 250_000), min_size=1, max_size=20)


@given(st.lists(SUBWORDS, min_size=1, max_size=10), SUBWORDS)
def test_shares_add_up_to_one(texts: list[list[int]], asked: list[int]) -> None:
    shares = SubwordRarity.fit([np.array(ids) for ids in texts])(asked)

    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert (shares > 0).all()


def test_the_rarer_the_more() -> None:
    everywhere, often, once, never = SubwordRarity.fit(TEXTS)([0, 7, 8, 5])

    assert everywhere < often < once < never


def test_a_subword_counts_once_a_text() -> None:
    often, once = SubwordRarity.fit(TEXTS)([9, 8])

    assert often == pytest.approx(once)


def test_it_is_saved_with_its_head() -> None:
    rarity = SubwordRarity.fit(TEXTS)
    zeros = np.zeros(4, np.float32)
    head = IntentHead(["a", "b"], Scaling(zeros, zeros), np.zeros((4, 2)), np.zeros(2))
    head.rarity = rarity
    read, _ = from_arrays(*to_arrays(head, None))
    states = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)

    assert read is not None
    assert np.allclose(read.vector(states, [0, 7, 5]), head.vector(states, [0, 7, 5]))
    assert not np.allclose(read.vector(states, [0, 7, 5]), states.mean(0))
