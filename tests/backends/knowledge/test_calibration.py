"""The confidence is fitted on the shop's own articles and keeps its promise on other questions."""

from pathlib import Path

import numpy as np
import pytest

from backends.knowledge.article import Article
from backends.knowledge.calibration import (
    BY_DEFAULT,
    BY_WORDS,
    WRONGLY_NEAR,
    WRONGLY_SURE,
    calibrate,
)
from backends.knowledge.collection import Collection
from backends.knowledge.preparing import Preparation
from backends.knowledge.ranking import Confidence, Evidence
from backends.knowledge.reading import read_folder
from backends.knowledge.words import WordIndex
from tests.backends.knowledge.conftest import ROOT

STATE = ROOT / ".xiaoer" / "tests" / "calibration"
_KEPT = 8
_CATEGORIES = ("contact", "opening_hours", "invoices")


@pytest.fixture(scope="module")
def some_articles():
    """Articles with some of their ways to ask, and (article, question) of all others."""
    articles, others = [], []
    for one in read_folder(ROOT / "data" / "knowledge").articles.values():
        if one.category in _CATEGORIES:
            shorter = one.copy(deep=True)
            for language, wording in shorter.wordings():
                others += [(len(articles), text) for text in wording.variants[_KEPT:]]
                setattr(
                    shorter, language, wording.copy(update={"variants": wording.variants[:_KEPT]})
                )
            articles.append(shorter)
    assert len(articles) >= 20
    assert len(others) >= 200
    return Collection(articles), others


def without_their_own(collection, others, evidence_of):
    """(n, 3) signs of the best of all other articles, (n, 3) of the best of all, (n,) if right."""
    wrong, found, right = [], [], []
    for own, text in others:
        evidence = evidence_of(text)
        order = np.argsort(-evidence.scores(), kind="stable")
        found.append(evidence.signs(order[0], order[1]))
        right.append(order[0] == own)
        rest = order[order != own]
        wrong.append(evidence.signs(rest[0], rest[1]))
    return np.array(wrong), np.array(found), np.array(right)


def keeps_its_promise(confidence, wrong, found, right, least_sure, least_found):
    """Check the thresholds on questions without their article, and what they leave of those with."""
    without = confidence.probability(wrong)
    # Twice the promise, for the sample is small; a threshold that is off is off by far more.
    assert (without >= confidence.sure).mean() <= 2 * WRONGLY_SURE
    assert (without >= confidence.near).mean() <= 1.4 * WRONGLY_NEAR
    probability = confidence.probability(found)
    sure = probability >= confidence.sure
    assert sure.mean() >= least_sure
    assert (probability >= confidence.near).mean() >= least_found
    assert right[sure].mean() >= 0.94
    assert probability[right].mean() > probability[~right].mean() + 0.15
    assert 0 < confidence.near < confidence.sure < 1


def test_thresholds_by_words_hold_on_questions_held_out(some_articles):
    collection, others = some_articles
    index = WordIndex([document.texts for document in collection.documents])
    nothing = np.zeros(len(collection.articles), np.float32)
    confidence = calibrate(collection, None, None)
    assert confidence != BY_WORDS

    def evidence_of(text):
        return Evidence(nothing, collection.by_article(index.scores(text)))

    signs = without_their_own(collection, others, evidence_of)
    keeps_its_promise(confidence, *signs, least_sure=0.15, least_found=0.65)


@pytest.fixture(scope="module")
def preparation():
    from xiaoer.lm import Encoder

    # Kept from run to run: making so many vectors takes seconds.
    return Preparation(STATE, Encoder.load("bundled", threads=2))


def test_thresholds_by_words_and_vectors_hold_on_questions_held_out(some_articles, preparation):
    from qdrant_client import QdrantClient

    from backends.knowledge.vectors import MeaningIndex

    collection, others = some_articles
    others = others[::5]
    (STATE / "knowledge-confidence.json").unlink(missing_ok=True)
    vectors, background = preparation.vectors(collection)
    encoder = preparation._encoder
    meaning = MeaningIndex(collection, encoder, vectors, background, QdrantClient(":memory:"))
    index = WordIndex([document.texts for document in collection.documents])
    confidence = preparation.confidence(collection)
    assert confidence != BY_DEFAULT

    def evidence_of(text):
        return Evidence(meaning.meaning(text), collection.by_article(index.scores(text)))

    signs = without_their_own(collection, others, evidence_of)
    keeps_its_promise(confidence, *signs, least_sure=0.5, least_found=0.85)
    assert preparation.confidence(collection) == confidence


def test_a_small_knowledge_base_takes_what_was_measured_on_a_large_one(some_articles):
    collection, _ = some_articles
    few = Collection(collection.articles[:19])
    assert calibrate(few, None, None) is BY_WORDS
    none = Collection([])
    vectors = np.zeros((0, 4), np.float32)
    assert calibrate(none, vectors, np.ones((2, 4), np.float32)) is BY_DEFAULT


def test_what_is_kept_is_used_for_the_same_articles_alone(tmp_path):
    path = tmp_path / "knowledge-confidence.json"
    assert Preparation.kept_confidence(path, "mark") is None
    for damaged in ("", "{", "[]", '{"mark": "mark"}', '{"mark": "mark", "weights": "x"}'):
        Path(path).write_text(damaged)
        assert Preparation.kept_confidence(path, "mark") is None
    path.write_text('{"mark": "mark", "weights": [1, 2, 3], "bias": -1, "sure": 0.8, "near": 0.2}')
    assert Preparation.kept_confidence(path, "mark") == Confidence((1, 2, 3), -1, 0.8, 0.2)
    assert Preparation.kept_confidence(path, "other") is None


def test_the_words_for_trust():
    confidence = Confidence((0, 0, 0), 0, 0.8, 0.2)
    assert [confidence.trust(at) for at in (0.8, 0.79, 0.2, 0.19)] == [
        "sure",
        "near",
        "near",
        "none",
    ]


def test_an_article_in_one_language_is_one_document():
    collection = Collection(
        [
            Article(id="a", category="x", en={"question": "A?", "variants": ["a", "A?"], "answer": "1"}),
            Article(id="b", category="x", en={"question": "B?", "answer": "2"}, zh={"question": "乙", "answer": "2"}),
        ]
    )  # fmt: skip
    assert [(one.article, one.language) for one in collection.documents] == [
        (0, "en"),
        (1, "zh"),
        (1, "en"),
    ]
    assert collection.texts == ["A?", "a", "1", "乙", "2", "B?", "2"]
    assert collection.is_question.tolist() == [True, True, False, True, False, True, False]
    assert collection.document_of_text.tolist() == [0, 0, 0, 1, 1, 2, 2]
    scores = collection.by_article(np.array([[1, 2, 3], [1, 5, 3]], np.float32))
    assert scores.tolist() == [[1, 3], [1, 5]]
