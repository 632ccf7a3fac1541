"""Metrics agree with scikit-learn's and spaCy's, and with the definitions of HINT3."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, recall_score
from spacy.scorer import Scorer
from spacy.tokens import Doc
from spacy.tokens import Span as SpacySpan
from spacy.training import Example as SpacyExample

from benchmarks.nlu.datasets import Example, Span
from benchmarks.nlu.metrics import (
    Prediction,
    calibration_error,
    entity_f1,
    intent_accuracy,
    out_of_scope_recall,
    overall_accuracy,
    sentence_accuracy,
)

INTENTS = ["order", "return", "size"]
VOCAB = spacy.blank("en").vocab
NONE = "none"

judged = st.lists(
    st.tuples(st.sampled_from([*INTENTS, None]), st.sampled_from(INTENTS), st.floats(0, 1)),
    min_size=1,
    max_size=40,
)


@st.composite
def tagged(draw: st.DrawFn) -> tuple[Span, ...]:
    """Entities, none over another, of a text of ten characters."""
    edges = sorted(draw(st.sets(st.integers(0, 10), max_size=6)))
    kinds = st.sampled_from(["brand", "model"])
    return tuple(
        Span(start, end, draw(kinds)) for start, end in zip(edges[::2], edges[1::2], strict=False)
    )


@given(judged)
def test_accuracies_and_recall_are_scikit_learns(
    rows: list[tuple[str | None, str, float]],
) -> None:
    examples = [Example("?", intent) for intent, _, _ in rows]
    predictions = [Prediction(guess, confidence) for _, guess, confidence in rows]
    threshold = 0.5
    truth = [intent or NONE for intent, _, _ in rows]
    said = [guess if confidence >= threshold else NONE for _, guess, confidence in rows]

    overall = overall_accuracy(examples, predictions, threshold)

    assert overall == pytest.approx(100 * accuracy_score(truth, said))
    if NONE in truth:
        recall = out_of_scope_recall(examples, predictions, threshold)
        expected = recall_score(truth, said, labels=[NONE], average="macro")
        assert recall == pytest.approx(100 * expected)
    scope = [(intent, guess) for intent, guess, _ in rows if intent]
    if scope:
        expected = accuracy_score(*zip(*scope, strict=True))
        assert intent_accuracy(examples, predictions) == pytest.approx(100 * expected)


@given(st.lists(st.tuples(tagged(), tagged()), min_size=1, max_size=8))
def test_entity_f1_is_spacys(pairs: list[tuple[tuple[Span, ...], tuple[Span, ...]]]) -> None:
    examples = [Example("0123456789", None, truth) for truth, _ in pairs]
    predictions = [Prediction(None, 0.0, said) for _, said in pairs]
    score = Scorer.score_spans(
        [SpacyExample(_doc(said), _doc(truth)) for truth, said in pairs], "ents"
    )

    if any(truth for truth, _ in pairs):
        assert entity_f1(examples, predictions) == pytest.approx(100 * score["ents_f"])


def test_an_entity_needs_its_kind_and_both_ends() -> None:
    examples = [Example("red shoes", None, (Span(0, 3, "colour"),))]

    def f1(*said: Span) -> float:
        return entity_f1(examples, [Prediction(None, 0.0, said)])

    assert f1(Span(0, 3, "colour")) == 100
    assert f1(Span(0, 3, "brand")) == f1(Span(0, 4, "colour")) == f1() == 0
    assert f1(Span(0, 3, "colour"), Span(4, 9, "product")) == pytest.approx(200 / 3)


def test_a_sentence_is_right_only_as_a_whole() -> None:
    span = Span(0, 3, "colour")
    examples = [Example("red", "buy", (span,))] * 3
    predictions = [
        Prediction("buy", 1.0, (span,)),
        Prediction("buy", 1.0),
        Prediction("return", 1.0, (span,)),
    ]

    assert sentence_accuracy(examples, predictions) == pytest.approx(100 / 3)


def test_messages_out_of_scope_count_as_wrong_only_when_asked_for() -> None:
    examples = [Example("a", "order"), Example("b", None)]
    predictions = [Prediction("order", 1.0), Prediction("order", 1.0)]

    assert calibration_error(examples, predictions) == 0
    assert calibration_error(examples, predictions, in_scope=False) == 0.5


def _doc(spans: tuple[Span, ...]) -> Doc:
    doc = Doc(VOCAB, words=list("0123456789"), spaces=[False] * 10)
    doc.ents = [SpacySpan(doc, start, end, kind) for start, end, kind in spans]
    return doc
