"""Evidence is what leaving out shows, for any model and any customer."""

from dataclasses import replace
from datetime import datetime, timezone
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.customers.profiles.evidence import explain
from backends.customers.profiles.history import Message
from backends.customers.profiles.sample import Sample
from backends.customers.profiles.softmax import Softmax
from backends.customers.profiles.text_space import TextSpace
from backends.customers.profiles.vectorizer import Vectorizer

NAMES = ("recency_days", "price_level", "bought_share.shoes", "bought_share.toys")
DIM = 8
AT = datetime(2026, 5, 1, tzinfo=timezone.utc)


def sample(dice, products=4, messages=3):
    """A customer with made-up numbers, purchases and messages."""
    told = tuple(Message(at, f"message {at}", "en", None, AT) for at in range(messages))
    return Sample(
        features={name: float(dice.gamma(2.0)) for name in NAMES if dice.random() < 0.9},
        products=tuple(f"P{dice.integers(3)}" for _ in range(products)),
        product_vectors=dice.normal(size=(products, 2, DIM)).astype(np.float32),
        messages=told,
        message_vectors=dice.normal(size=(messages, DIM)).astype(np.float32),
    )


def vectorizer(dice):
    space = TextSpace.fit(dice.normal(size=(40, DIM)).astype(np.float32), ["zh", "en"] * 20)
    return Vectorizer.fit(NAMES, [sample(dice) for _ in range(30)], space, space)


def model(dice, space, classes):
    return Softmax(dice.normal(size=(classes, space.size)) * 2, dice.normal(size=classes))


def probability(softmax, vector, one):
    return float(softmax.probabilities(vector[None])[0, one])


CASES = given(
    seed=st.integers(0, 2**32 - 1),
    classes=st.integers(2, 5),
    products=st.integers(0, 6),
    messages=st.integers(0, 5),
)


@CASES
@settings(deadline=None, max_examples=60)
def test_leaving_a_piece_out_has_the_sign_and_order_that_the_evidence_says(
    seed, classes, products, messages
):
    dice = np.random.default_rng(seed)
    space = vectorizer(dice)
    softmax = model(dice, space, classes)
    encoded = space.transform(sample(dice, products, messages))
    for one in range(classes):
        whole = probability(softmax, encoded.vector, one)
        evidence = explain(softmax, one, encoded)
        left = [probability(softmax, encoded.without(each.piece), one) for each in evidence]
        for each, without in zip(evidence, left, strict=True):
            assert each.without == pytest.approx(without, abs=1e-9)
            if abs(whole - without) > 1e-9:
                assert (each.effect > 0) == (whole > without)
        assert sum(each.share for each in evidence) == pytest.approx(1 if evidence else 0)
        shares = [each.share for each in evidence]
        assert shares == sorted(shares, reverse=True)
        # The more a piece speaks for the tag, the less likely the tag is without it.
        by_effect = sorted(zip([each.effect for each in evidence], left, strict=True))
        assert all(a[1] >= b[1] - 1e-9 for a, b in pairwise(by_effect))


@CASES
@settings(deadline=None, max_examples=40)
def test_a_customer_is_the_sum_of_the_pieces(seed, classes, products, messages):
    dice = np.random.default_rng(seed)
    space = vectorizer(dice)
    encoded = space.transform(sample(dice, products, messages))
    left = encoded.vector.copy()
    for piece in encoded.pieces:
        left[piece.start : piece.start + len(piece.part)] -= piece.part
    assert np.allclose(left, 0)
    if classes == 2:
        # Of two classes the effects are w·x and add up to the log-odds without the bias.
        softmax = model(dice, space, 2)
        odds = (softmax.weights[1] - softmax.weights[0]) @ encoded.vector
        total = sum(each.effect for each in explain(softmax, 1, encoded))
        assert total == pytest.approx(odds, abs=1e-9)


@given(seed=st.integers(0, 2**32 - 1), messages=st.integers(2, 6))
@settings(deadline=None, max_examples=60)
def test_the_message_that_speaks_most_for_a_tag_makes_it_likelier(seed, messages):
    """Deleted in truth, with the mean taken over the others, it leaves the tag less likely."""
    dice = np.random.default_rng(seed)
    space = vectorizer(dice)
    softmax = model(dice, space, 2)
    whole = sample(dice, 3, messages)
    found = [
        each for each in explain(softmax, 1, space.transform(whole)) if each.piece.kind == "message"
    ]
    if sum(each.effect for each in found) <= 0:
        return
    best = max(found, key=lambda each: each.effect)
    kept = [at for at, one in enumerate(whole.messages) if str(one.id) != best.piece.name]
    shorter = replace(
        whole,
        messages=tuple(whole.messages[at] for at in kept),
        message_vectors=whole.message_vectors[kept],
    )
    before = probability(softmax, space.transform(whole).vector, 1)
    after = probability(softmax, space.transform(shorter).vector, 1)
    assert after < before or before > 1 - 1e-9


def test_what_is_not_known_counts_as_the_mean():
    dice = np.random.default_rng(4)
    space = vectorizer(dice)
    assert not space.transform(Sample({})).vector.any()
    assert explain(model(dice, space, 3), 0, space.transform(Sample({}))) == []
