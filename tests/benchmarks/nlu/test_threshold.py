"""The threshold comes from training data alone and separates what it can."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.nlu.datasets import Example
from benchmarks.nlu.metrics import Prediction
from benchmarks.nlu.threshold import chosen_threshold, folds, threshold_for

EXAMPLES = [
    Example(f"{intent} {number}", intent)
    for intent in ("cost", "emi", "offers", "order", "pillows")
    for number in range(8)
]


def test_every_message_is_held_out_and_no_model_sees_what_it_is_asked() -> None:
    held_out = set()
    for fold in folds(EXAMPLES, 5, 1):
        trained = {example.text for example in fold.train}
        asked = {example.text for example in fold.held_out}
        assert not trained & asked
        assert trained | asked == {example.text for example in EXAMPLES}
        held_out |= {example.text for example in fold.held_out if example.intent}
    assert len(held_out) > len(EXAMPLES) / 2


def test_every_intent_is_unknown_to_one_model() -> None:
    unknown = []
    for fold in folds(EXAMPLES, 5, 1):
        known = {example.intent for example in fold.train}
        asked = {e.text.split()[0] for e in fold.held_out if e.intent is None}
        assert not known & asked
        assert all(e.intent in known for e in fold.held_out if e.intent)
        unknown += asked
    assert sorted(unknown) == ["cost", "emi", "offers", "order", "pillows"]


def test_intents_that_are_worded_alike_are_unknown_together() -> None:
    topics = {
        "track": "where is my parcel",
        "refund": "give my money back",
        "size": "how wide is it",
    }
    examples = [
        Example(f"{words} {kind} {number}", f"{kind}_{topic}")
        for number in range(6)
        for kind in ("old", "new")
        for topic, words in topics.items()
    ]
    for fold in folds(examples, 3, 1):
        known = {example.intent for example in fold.train}
        gone = {example.intent for example in examples} - known
        assert len(gone) == 2
        assert len({intent.split("_")[1] for intent in gone}) == 1


def test_an_intent_whose_only_message_is_held_out_is_unknown() -> None:
    lonely = [*EXAMPLES, Example("warranty 0", "warranty")]

    for fold in folds(lonely, 5, 1):
        known = {example.intent for example in fold.train}
        found = [e for e in fold.held_out if e.text == "warranty 0"]
        assert [e.intent for e in found] == ([None] if "warranty" not in known else [])


def test_too_few_intents_are_refused() -> None:
    with pytest.raises(ValueError, match="5 folds"):
        folds(EXAMPLES[:16], 5, 1)


def test_it_lies_between_what_it_divides() -> None:
    examples = [Example("a", "x"), Example("b", "x"), Example("c", None), Example("d", None)]
    predictions = [Prediction("x", c) for c in (0.9, 0.7, 0.5, 0.1)]

    assert threshold_for(examples, predictions, 1.0) == pytest.approx(0.6)
    assert threshold_for(examples, predictions, 0.5) == pytest.approx(0.3)
    assert threshold_for(examples, predictions, 0.0) == 0


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=20),
    st.lists(st.floats(0.01, 1), min_size=1, max_size=20),
    st.floats(0.01, 1),
)
def test_it_turns_away_what_is_asked_and_no_lower_one_does(
    inside: list[float], outside: list[float], recall: float
) -> None:
    examples = [Example("i", "x")] * len(inside) + [Example("o", None)] * len(outside)
    predictions = [Prediction("x", confidence) for confidence in (*inside, *outside)]

    def turned_away(threshold: float) -> float:
        return sum(confidence < threshold for confidence in outside) / len(outside)

    found = threshold_for(examples, predictions, recall)

    assert turned_away(found) >= recall
    lower = [each for each in (*inside, *outside) if each < found]
    assert all(turned_away(each) < recall for each in lower)


def test_one_kind_alone_gives_no_threshold() -> None:
    with pytest.raises(ValueError, match="out of scope"):
        threshold_for([Example("a", "x")], [Prediction("x", 0.9)], 0.75)


def test_predictions_out_of_fold_are_what_it_is_chosen_from() -> None:
    asked: list[tuple[set[str], set[str]]] = []

    def predict(train: Sequence[Example], held_out: Sequence[Example]) -> list[Prediction]:
        asked.append(({e.text for e in train}, {e.text for e in held_out}))
        known = {e.intent for e in train}
        return [
            Prediction(name, 0.8)
            if (name := e.text.split()[0]) in known
            else Prediction("cost", 0.4)
            for e in held_out
        ]

    assert chosen_threshold(EXAMPLES, 5, 1, predict) == pytest.approx(0.6)
    assert len(asked) == 5
    assert all(not train & held_out for train, held_out in asked)
