"""The two heads over the encoder's states, in numpy; ``training`` fits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xiaoer.lm.base import FloatArray
from xiaoer.nlu import crf, words
from xiaoer.nlu.familiarity import Familiarity
from xiaoer.nlu.lexical import CharacterNgrams
from xiaoer.nlu.rarity import SubwordRarity
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
    """Multinomial logistic regression over a text's vector and, if wanted, its characters.

    Attributes:
        labels: n intents.
        scaling: of the vectors.
        weight: (dim, n).
        bias: (n,).
        temperature: what the scores are divided by, so that confidences are right on average.
        ngrams: the features of the characters, or None.
        ngram_weight: (runs, n), or None.
        familiarity: whether a message is of any of the intents; None leaves it out.
        rarity: how much each subword counts in a text's vector; None for all alike.
    """

    labels: list[str]
    scaling: Scaling
    weight: FloatArray
    bias: FloatArray
    temperature: float = 1.0
    ngrams: CharacterNgrams | None = None
    ngram_weight: FloatArray | None = None
    familiarity: Familiarity | None = None
    rarity: SubwordRarity | None = None

    def vector(self, states: FloatArray, ids: Sequence[int] | NDArray[np.int64]) -> FloatArray:
        """Return the vector (dim,) of a text from the states (n, dim) of its n subwords."""
        return self.rarity(ids) @ states if self.rarity else states.mean(0)

    def scores(self, vectors: FloatArray, texts: Sequence[str] = ()) -> FloatArray:
        """Return (m, n) scores for vectors (m, dim) of m texts.

        The texts may be left out where the head knows no characters.
        """
        found = self.scaling(vectors) @ self.weight + self.bias
        if self.ngrams and self.ngram_weight is not None:
            found = found.astype(np.float64)
            for row, text in zip(found, texts, strict=True):
                places, values = self.ngrams.row(text)
                row += values @ self.ngram_weight[places]
        return found

    def probabilities(self, vectors: FloatArray, texts: Sequence[str] = ()) -> FloatArray:
        """Return (m, n) probabilities; what a row lacks to 1 is that of an unknown intent."""
        scores = self.scores(vectors, texts)
        found = softmax(scores / self.temperature)
        return found * self.familiarity(scores)[:, None] if self.familiarity else found


@dataclass
class TagHead:
    """One hidden layer (GELU) over a subword and its neighbours, and a field over words' tags.

    Attributes:
        types: the tag set, see ``tagging``.
        edges: what is cut off at the ends of an entity.
        scaling: of the features.
        hidden_weight: (width, hidden).
        hidden_bias: (hidden,).
        weight: (hidden, tags).
        bias: (tags,).
        steps: (tags, tags) what the step from one tag to the next is worth, see ``crf``.
        temperature: what the logarithms of the probabilities are divided by.
        whole_words: whether words are tagged as a whole, see ``words``; else each subword is one.
    """

    types: list[EntityType]
    edges: Edges
    scaling: Scaling
    hidden_weight: FloatArray
    hidden_bias: FloatArray
    weight: FloatArray
    bias: FloatArray
    steps: FloatArray
    temperature: float = 1.0
    whole_words: bool = False

    def begins(self, text: str, offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return (n,) whether each of a text's n subwords begins a word, as this head sees them."""
        return words.begins(text, offsets) if self.whole_words else np.ones(len(offsets), bool)

    def scores(self, features: FloatArray) -> FloatArray:
        """Return (n, tags) scores for features (n, width) of n subwords."""
        hidden = self.scaling(features) @ self.hidden_weight + self.hidden_bias
        return _gelu(hidden) @ self.weight + self.bias

    def read(
        self, features: FloatArray, begins: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], FloatArray]:
        """Return the tag (w,) of each word of a text, and the probabilities (w, tags) of all.

        The best sequence of tags is not that of the likeliest tags: of the 700 validation texts of
        SNIPS, after training on 2,000 examples, 159 had a wrong slot with the one and 164 with the
        other.

        Args:
            features: (n, width) of the text's n subwords.
            begins: (n,) whether each begins a word.
        """
        scores = crf.by_word(self.scores(features), begins)
        found = crf.log_marginals(scores, self._moves)
        return crf.best_tags(scores, self._possible), softmax(found / self.temperature)

    @cached_property
    def _possible(self) -> NDArray[np.float64]:
        return crf.possible(self.steps)

    @cached_property
    def _moves(self) -> NDArray[np.float64]:
        return crf.moves(self.steps)


def _gelu(values: FloatArray) -> FloatArray:
    # The tanh form, which numpy has; training uses the same.
    return 0.5 * values * (1 + np.tanh(0.7978845608 * (values + 0.044715 * values**3)))


def to_arrays(
    intent: IntentHead | None, tag: TagHead | None
) -> tuple[dict[str, NDArray], dict[str, Any]]:
    """Return the arrays and the JSON-able rest of both heads."""
    arrays: dict[str, NDArray] = {}
    rest: dict[str, Any] = {}
    if intent:
        arrays |= {
            "intent.mean": intent.scaling.mean,
            "intent.scale": intent.scaling.scale,
            "intent.weight": intent.weight,
            "intent.bias": intent.bias,
        }
        rest["intent"] = {"labels": intent.labels, "temperature": intent.temperature}
        if intent.familiarity:
            rest["intent"] |= {"familiarity": asdict(intent.familiarity)}
        if intent.rarity:
            arrays |= {"intent.rarity": intent.rarity.weights}
            rest["intent"] |= {
                "subwords": intent.rarity.ids.tolist(),
                "unseen": intent.rarity.unseen,
            }
        if intent.ngrams and intent.ngram_weight is not None:
            arrays |= {"intent.idf": intent.ngrams.idf, "intent.ngrams": intent.ngram_weight}
            rest["intent"] |= {"runs": intent.ngrams.runs}
    if tag:
        arrays |= {
            "tag.mean": tag.scaling.mean,
            "tag.scale": tag.scaling.scale,
            "tag.hidden_weight": tag.hidden_weight,
            "tag.hidden_bias": tag.hidden_bias,
            "tag.weight": tag.weight,
            "tag.bias": tag.bias,
            "tag.steps": tag.steps,
        }
        rest["tag"] = {
            "types": [list(each) for each in tag.types],
            "before": sorted(tag.edges.before),
            "after": sorted(tag.edges.after),
            "temperature": tag.temperature,
            "whole_words": tag.whole_words,
        }
    found = {name: np.ascontiguousarray(values, np.float32) for name, values in arrays.items()}
    if intent and intent.ngram_weight is not None:
        # Most of the archive; half precision is ample for a sum of a hundred weights.
        found["intent.ngrams"] = found["intent.ngrams"].astype(np.float16)
    return found, rest


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
            CharacterNgrams(said["runs"], arrays["intent.idf"]) if "runs" in said else None,
            arrays["intent.ngrams"].astype(np.float32) if "runs" in said else None,
            Familiarity(**said["familiarity"]) if "familiarity" in said else None,
            SubwordRarity(
                np.array(said["subwords"], np.int64), arrays["intent.rarity"], said["unseen"]
            )
            if "subwords" in said
            else None,
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
            arrays["tag.steps"],
            said["temperature"],
            # Models of before tagged each subword by itself.
            said.get("whole_words", False),
        )
    return intent, tag
