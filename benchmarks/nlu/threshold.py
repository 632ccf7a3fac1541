"""The confidence below which a message counts as out of scope, chosen on training data alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from sklearn.feature_extraction.text import TfidfVectorizer
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
    "DOC: Deep Open Classification of Text Documents", EMNLP 2017. They draw these intents by lot,
    so that most have near relations among the known ones, which messages out of scope mostly lack;
    here the intents of one fold are those that are worded most alike. On few examples of BANKING77,
    SNIPS, Bitext's questions and held-out clusters of SOFMattress' training part, each with messages
    of other data sets as out of scope, the threshold for 75 % then turned away 68 to 77 % instead of
    74 to 85 %.

    Args:
        examples: The training data.
        count: Of the folds; each message and each intent is held out once.
        seed: Of the deal of the messages.

    Raises:
        ValueError: If there are fewer intents or messages than folds.
    """
    intents = sorted({example.intent for example in examples if example.intent is not None})
    if min(len(intents), len(examples)) < count:
        raise ValueError(f"{count} folds need at least {count} intents and messages.")
    order = _by_wording(examples, intents)
    parts = KFold(count, shuffle=True, random_state=seed).split(np.arange(len(examples)))
    made = []
    for fold, (_, test) in enumerate(parts):
        first, last = (len(order) * at // count for at in (fold, fold + 1))
        unknown, tested = set(order[first:last]), set(test.tolist())
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


def _by_wording(examples: Sequence[Example], intents: Sequence[str]) -> list[str]:
    """Return the intents in an order in which those that are worded alike are neighbours.

    It is that of the leaves of a hierarchical clustering of their messages' character n-grams.
    """
    if len(intents) < 2:
        return list(intents)
    messages = {
        intent: [each.text for each in examples if each.intent == intent] for intent in intents
    }
    ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    features = ngrams.fit_transform(["\n".join(messages[intent]) for intent in intents])
    tree = linkage(features.toarray(), "average", optimal_ordering=True)
    return [intents[at] for at in leaves_list(tree)]


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
