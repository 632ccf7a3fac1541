"""The two heads over the encoder's states, in numpy; ``head_training`` fits them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiaoer.lm.base import FloatArray
from xiaoer.nlu.tagging import Edges, EntityType


def softmax(scores: FloatArray) -> FloatArray:
    """Return probabilities over the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


@dataclass
class Scaling:
    """Brings features to mean 0 and variance 1, as they were in the training data."""

    mean: FloatArray
    scale: FloatArray

    @classmethod
    def fit(cls, features: FloatArray) -> Scaling:
        """Measure features (n, width)."""
        return cls(features.mean(0), 1 / np.maximum(features.std(0), 1e-3))

    def __call__(self, features: FloatArray) -> FloatArray:
        """Scale features (n, width)."""
        return (features - self.mean) * self.scale


def sentence_features(lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return (2 * dim,) features of one text: the means of its lower and its upper states.

    Args:
        lower: (length, dim) states below the upper layers, special subwords included.
        upper: (length, dim) states of the last layer.
    """
    return np.concatenate([lower.mean(0), upper.mean(0)])


def subword_features(
    lower: FloatArray, upper: FloatArray, content: NDArray[np.int64]
) -> FloatArray:
    """Return (n, 4 * dim) features of a text's n subwords.

    They are the lower state of the subword before, of the subword and of the one after, then its
    upper state. States in the middle of a sentence encoder still tell words apart, which those
    of its last layer, trained to be averaged, hardly do.
    """
    return np.concatenate(
        [lower[content - 1], lower[content], lower[content + 1], upper[content]], axis=1
    )


@dataclass
class IntentHead:
    """Multinomial logistic regression.

    Attributes:
        labels: n intents.
        scaling: of the features.
        weight: (width, n).
        bias: (n,).
        temperature: what the scores are divided by, so that confidences are right on average.
    """

    labels: list[str]
    scaling: Scaling
    weight: FloatArray
    bias: FloatArray
    temperature: float = 1.0

    def scores(self, features: FloatArray) -> FloatArray:
        """Return (m, n) scores for features (m, width)."""
        return self.scaling(features) @ self.weight + self.bias

    def probabilities(self, features: FloatArray) -> FloatArray:
        """Return (m, n) probabilities for features (m, width)."""
        return softmax(self.scores(features) / self.temperature)


@dataclass
class TagHead:
    """One hidden layer (GELU) over a subword and its neighbours.

    Attributes:
        types: the tag set, see ``tagging``.
        edges: what is cut off at the ends of an entity.
        scaling: of the features.
        hidden_weight: (width, hidden).
        hidden_bias: (hidden,).
        weight: (hidden, tags).
        bias: (tags,).
        temperature: what the scores are divided by.
    """

    types: list[EntityType]
    edges: Edges
    scaling: Scaling
    hidden_weight: FloatArray
    hidden_bias: FloatArray
    weight: FloatArray
    bias: FloatArray
    temperature: float = 1.0

    def scores(self, features: FloatArray) -> FloatArray:
        """Return (n, tags) scores for features (n, width)."""
        hidden = self.scaling(features) @ self.hidden_weight + self.hidden_bias
        return _gelu(hidden) @ self.weight + self.bias

    def probabilities(self, features: FloatArray) -> FloatArray:
        """Return (n, tags) probabilities for features (n, width)."""
        return softmax(self.scores(features) / self.temperature)


def _gelu(values: FloatArray) -> FloatArray:
    # The tanh form, which numpy has; training uses the same.
    return 0.5 * values * (1 + np.tanh(0.7978845608 * (values + 0.044715 * values**3)))


def to_arrays(
    intent: IntentHead | None, tag: TagHead | None
) -> tuple[dict[str, NDArray], dict[str, object]]:
    """Return the arrays and the JSON-able rest of both heads."""
    arrays: dict[str, NDArray] = {}
    rest: dict[str, object] = {}
    if intent:
        arrays |= {
            "intent.mean": intent.scaling.mean,
            "intent.scale": intent.scaling.scale,
            "intent.weight": intent.weight,
            "intent.bias": intent.bias,
        }
        rest["intent"] = {"labels": intent.labels, "temperature": intent.temperature}
    if tag:
        arrays |= {
            "tag.mean": tag.scaling.mean,
            "tag.scale": tag.scaling.scale,
            "tag.hidden_weight": tag.hidden_weight,
            "tag.hidden_bias": tag.hidden_bias,
            "tag.weight": tag.weight,
            "tag.bias": tag.bias,
        }
        rest["tag"] = {
            "types": [list(each) for each in tag.types],
            "before": sorted(tag.edges.before),
            "after": sorted(tag.edges.after),
            "temperature": tag.temperature,
        }
    return {name: np.ascontiguousarray(a, np.float32) for name, a in arrays.items()}, rest


def from_arrays(
    arrays: dict[str, FloatArray], rest: dict
) -> tuple[IntentHead | None, TagHead | None]:
    """Undo ``to_arrays``."""
    intent = tag = None
    if "intent" in rest:
        said = rest["intent"]
        intent = IntentHead(
            said["labels"],
            Scaling(arrays["intent.mean"], arrays["intent.scale"]),
            arrays["intent.weight"],
            arrays["intent.bias"],
            said["temperature"],
        )
    if "tag" in rest:
        said = rest["tag"]
        tag = TagHead(
            [EntityType(*each) for each in said["types"]],
            Edges(set(said["before"]), set(said["after"])),
            Scaling(arrays["tag.mean"], arrays["tag.scale"]),
            arrays["tag.hidden_weight"],
            arrays["tag.hidden_bias"],
            arrays["tag.weight"],
            arrays["tag.bias"],
            said["temperature"],
        )
    return intent, tag
