"""Search by words, held against BM25 written down plainly."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.knowledge.words import WordIndex, tokens

WORDS = ["tea", "coffee", "shoe", "ship", "fee", "refund", "退", "退货", "运费", "几天能到"]
_TEXT = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
_DOCUMENTS = st.lists(st.lists(_TEXT, min_size=1, max_size=4), min_size=1, max_size=6)


def plain_bm25(documents, question, k=1.2, b=0.5):
    """Okapi BM25 as in Lucene, as a share of all that the question's words could add."""
    bags = [[token for text in texts for token in tokens(text)] for texts in documents]
    mean = sum(map(len, bags)) / len(bags)
    asked = set(tokens(question))

    def weight(token):
        having = sum(token in bag for bag in bags)
        return math.log(1 + (len(bags) - having + 0.5) / (having + 0.5))

    def score(bag):
        total = 0.0
        for token in asked & set(bag):
            times = bag.count(token)
            total += weight(token) * times / (times + k * (1 - b + b * len(bag) / mean))
        return total

    highest = sum(map(weight, asked))
    return [score(bag) / highest if highest else 0.0 for bag in bags]


@settings(max_examples=80, deadline=None)
@given(_DOCUMENTS, st.lists(st.sampled_from([*WORDS, "unknown", "不知"]), max_size=6).map(" ".join))
def test_scores_are_those_of_bm25(documents, question):
    scores = WordIndex(documents).scores(question)
    np.testing.assert_allclose(scores, plain_bm25(documents, question), atol=1e-5)
    assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("几天能到", ["几天", "天能", "能到"]),
        ("茶", ["茶"]),
        ("Shoes’ FEES", ["shoe", "fee"]),
        ("ｔｅａ 退货 7天", ["tea", "退货", "7", "天"]),
        ("😀 … ขอบคุณ", []),
    ],
)
def test_words_and_pairs_of_characters(text, expected):
    assert [token.removesuffix("'") for token in tokens(text)] == expected


def test_what_nobody_says_weighs_most():
    index = WordIndex([["tea"], ["tea coffee"], ["coffee refund"]])
    assert index.scores("tea").argmax() == 0
    assert index.scores("tea xylophone")[0] < index.scores("tea")[0] / 2
    assert index.scores("tea tea tea").tolist() == index.scores("tea").tolist()


@pytest.mark.parametrize("documents", [[], [[""]], [["😀"], ["!"]]])
def test_without_words_nothing_is_found(documents):
    assert WordIndex(documents).scores("tea").tolist() == [0.0] * len(documents)
    assert WordIndex([["tea"]]).scores("").tolist() == [0.0]
