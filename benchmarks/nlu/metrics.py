"""What predictions are worth: accuracy, calibration, F1 of entities, out-of-scope recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.calibration import expected_calibration_error
from benchmarks.nlu.datasets import Example, Span


@dataclass(frozen=True)
class Prediction:
    """What a model says of one message.

    Attributes:
        intent: The intent; `None` for none.
        confidence: Of the intent, from 0 to 1.
        entities: What it finds.
    """

    intent: str | None
    confidence: float
    entities: tuple[Span, ...] = ()


def intent_accuracy(examples: Sequence[Example], predictions: Sequence[Prediction]) -> float:
    """Return the percentage of right intents among the messages that have one.

    This is the in-scope accuracy of Arora, Jain, Chaturvedi and Modi, "HINT3: Raising the bar for
    Intent Detection in the Wild", Insights 2020, without a threshold.
    """
    right = [guess.intent == each.intent for each, guess in _in_scope(examples, predictions)]
    return 100 * sum(right) / len(right)


def calibration_error(
    examples: Sequence[Example], predictions: Sequence[Prediction], in_scope: bool = True
) -> float:
    """Return the expected calibration error of the intents.

    Args:
        examples: The messages.
        predictions: One for each.
        in_scope: Leave out messages that have no intent; else each of them counts as wrong.
    """
    pairs = (
        _in_scope(examples, predictions)
        if in_scope
        else list(zip(examples, predictions, strict=True))
    )
    right = [guess.intent == each.intent for each, guess in pairs]
    return expected_calibration_error([guess.confidence for _, guess in pairs], right)


def overall_accuracy(
    examples: Sequence[Example], predictions: Sequence[Prediction], threshold: float
) -> float:
    """Return the percentage of all messages that are right when a confidence below `threshold`
    says "out of scope"; a message without an intent is right when it is said to be so.
    """
    right = [
        (guess.intent if guess.confidence >= threshold else None) == each.intent
        for each, guess in zip(examples, predictions, strict=True)
    ]
    return 100 * sum(right) / len(right)


def out_of_scope_recall(
    examples: Sequence[Example], predictions: Sequence[Prediction], threshold: float
) -> float:
    """Return the percentage of the messages without an intent whose confidence is too low."""
    below = [
        guess.confidence < threshold
        for each, guess in zip(examples, predictions, strict=True)
        if each.intent is None
    ]
    return 100 * sum(below) / len(below)


def entity_f1(examples: Sequence[Example], predictions: Sequence[Prediction]) -> float:
    """Return the micro-averaged F1 of entities in percent: kind and both ends must be right.

    The measure of `conlleval` (Tjong Kim Sang and Buchholz, CoNLL-2000), counted in characters.
    """
    named = found = right = 0
    for each, guess in zip(examples, predictions, strict=True):
        truth, said = set(each.entities), set(guess.entities)
        named, found, right = named + len(truth), found + len(said), right + len(truth & said)
    return 200 * right / (named + found) if named + found else 100.0


def sentence_accuracy(examples: Sequence[Example], predictions: Sequence[Prediction]) -> float:
    """Return the percentage of messages whose intent and all entities are right."""
    right = [
        guess.intent == each.intent and set(guess.entities) == set(each.entities)
        for each, guess in zip(examples, predictions, strict=True)
    ]
    return 100 * sum(right) / len(right)


def _in_scope(
    examples: Sequence[Example], predictions: Sequence[Prediction]
) -> list[tuple[Example, Prediction]]:
    return [pair for pair in zip(examples, predictions, strict=True) if pair[0].intent is not None]
