"""The confidence below which a message counts as out of scope, chosen on training data alone."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold

from benchmarks.nlu.datasets import Example
from benchmarks.nlu.metrics import Prediction

#: Share of the messages out of scope that is to be turned away.
TURNED_AWAY = 0.75

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


def threshold_for(
    examples: Sequence[Example], predictions: Sequence[Prediction], recall: float
) -> float:
    """Return the lowest threshold that turns away a share of the messages out of scope.

    The share is what a shop asks for; of all thresholds that reach it, the lowest costs the fewest
    right answers. It lies halfway between the two confidences that it divides.

    Args:
        examples: The messages.
        predictions: One for each.
        recall: The share, from 0 to 1.

    Raises:
        ValueError: If no message is out of scope.
    """
    outside = sorted(
        guess.confidence
        for each, guess in zip(examples, predictions, strict=True)
        if each.intent is None
    )
    if not outside:
        raise ValueError("A threshold needs messages out of scope.")
    wanted = math.ceil(recall * len(outside))
    if not wanted:
        return 0.0
    last = outside[wanted - 1]
    above = [guess.confidence for guess in predictions if guess.confidence > last]
    return float((last + min(above)) / 2) if above else math.nextafter(last, math.inf)


def chosen_threshold(examples: Sequence[Example], count: int, seed: int, predict: Predict) -> float:
    """Return the threshold for `TURNED_AWAY`, from predictions out of fold.

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
    return threshold_for(held_out, predictions, TURNED_AWAY)
