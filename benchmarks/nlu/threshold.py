"""The confidence below which a message counts as out of scope, chosen on training data alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold

from benchmarks.nlu.datasets import Example
from benchmarks.nlu.metrics import Prediction

Predict = Callable[[Sequence[Example], Sequence[Example]], list[Prediction]]


@dataclass(frozen=True)
class Fold:
    """One part of the training data held out.

    Attributes:
        train: What a model is trained on.
        held_out: Other messages of its intents, and all messages of the intents that it does not
            know; these have no intent here.
    """

    train: list[Example]
    held_out: list[Example]


def folds(examples: Sequence[Example], count: int, seed: int) -> list[Fold]:
    """Deal out messages and, apart from that, whole intents.

    Training data has no message out of scope. A message of an intent that was held out whole is
    one for the model that never saw this intent; unknown intents are simulated in this way by Lin
    and Xu, "Deep Unknown Intent Detection with Margin Loss", ACL 2019, and by Shu, Xu and Liu,
    "DOC: Deep Open Classification of Text Documents", EMNLP 2017.

    Args:
        examples: The training data.
        count: Of the folds; each message and each intent is held out once.
        seed: Of the deal.

    Raises:
        ValueError: If there are fewer intents or messages than folds.
    """
    intents = sorted({example.intent for example in examples if example.intent is not None})
    if min(len(intents), len(examples)) < count:
        raise ValueError(f"{count} folds need at least {count} intents and messages.")
    random.Random(seed).shuffle(intents)
    parts = KFold(count, shuffle=True, random_state=seed).split(np.arange(len(examples)))
    made = []
    for fold, (_, test) in enumerate(parts):
        unknown, tested = set(intents[fold::count]), set(test.tolist())
        train, held_out = [], []
        for at, example in enumerate(examples):
            if example.intent in unknown:
                held_out.append(Example(example.text, None, example.entities))
            elif at in tested:
                held_out.append(example)
            else:
                train.append(example)
        # An intent whose messages all fell into this fold is as unknown as the others.
        seen = {example.intent for example in train}
        held_out = [
            each if each.intent in seen else Example(each.text, None, each.entities)
            for each in held_out
        ]
        made.append(Fold(train, held_out))
    return made


def best_threshold(examples: Sequence[Example], predictions: Sequence[Prediction]) -> float:
    """Return the threshold with the best balance of both kinds of messages.

    It maximises the mean of two shares: messages in scope that keep their right intent, and
    messages out of scope that lose theirs. How many customers will ask for something out of scope
    is not known when an assistant is trained, so both kinds weigh the same. The threshold lies
    halfway between the two confidences that it divides.

    Raises:
        ValueError: If one of the two kinds is missing.
    """
    confidences = np.array([guess.confidence for guess in predictions])
    inside = np.array([each.intent is not None for each in examples])
    right = inside & [
        guess.intent == each.intent for each, guess in zip(examples, predictions, strict=True)
    ]
    if inside.all() or not inside.any():
        raise ValueError("A threshold needs messages in scope and messages out of scope.")
    candidates = np.unique(confidences)
    kept = [(right & (confidences >= each)).sum() / inside.sum() for each in candidates]
    lost = [(~inside & (confidences < each)).sum() / (~inside).sum() for each in candidates]
    best = int(np.argmax(np.add(kept, lost)))
    below = candidates[best - 1] if best else 0.0
    return float((below + candidates[best]) / 2)


def chosen_threshold(examples: Sequence[Example], count: int, seed: int, predict: Predict) -> float:
    """Return the best threshold for predictions out of fold.

    Args:
        examples: The training data.
        count: Of the folds.
        seed: Of the folds.
        predict: Trains on its first argument and predicts its second.

    Raises:
        ValueError: As `folds`.
    """
    held_out: list[Example] = []
    predictions: list[Prediction] = []
    for fold in folds(examples, count, seed):
        held_out += fold.held_out
        predictions += predict(fold.train, fold.held_out)
    return best_threshold(held_out, predictions)
