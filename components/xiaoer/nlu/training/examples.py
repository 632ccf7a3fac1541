"""Rasa's training examples, read and encoded once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from tqdm import tqdm

from xiaoer.lm import Prepared
from xiaoer.nlu import classifier_config as keys
from xiaoer.nlu import words
from xiaoer.nlu.joint_classifier import JointClassifier
from xiaoer.nlu.tagging import Edges, EntityType, going_on, tags_of
from xiaoer.nlu.training.intents import FEW
from xiaoer.nlu.training.states import UNLABELLED, States

#: Texts whose states are in memory in full precision at once.
_PART = 512


@dataclass(frozen=True)
class Examples:
    """What there is to learn from, before anything is encoded.

    Attributes:
        messages: of the training data, that have a text.
        names: of the intents that have few; entities are not learned from them.
        labels: all intents, those learned before too; none where intents are not wanted.
        types: all types of entities, likewise.
        prepared: each message and then each name, ready for the encoder.
    """

    messages: list[Message]
    names: list[Message]
    labels: list[str]
    types: list[EntityType]
    prepared: list[Prepared]

    @classmethod
    def of(
        cls, before: JointClassifier, messages: list[Message], config: dict[str, Any]
    ) -> Examples:
        """Collect labels and types, and prepare the texts.

        Args:
            before: what was learned earlier, or an empty classifier.
            messages: of the training data.
            config: all keys of the component.
        """
        labels = _labels(before, messages) if config[keys.INTENT_CLASSIFICATION] else []
        types = _types(before, messages) if config[keys.ENTITY_RECOGNITION] else []
        names = _names(messages, labels, config[keys.INTENT_NAMES])
        prepared = [
            before.encoder.prepare(message.get(TEXT), "query", config[keys.MAX_TOKENS])
            for message in [*messages, *names]
        ]
        return cls(messages, names, labels, types, prepared)

    @property
    def lengths(self) -> list[int]:
        """The length of each in subwords, the special ones included."""
        return [len(text.ids) for text in self.prepared]

    def encoded(self, reader: JointClassifier, layers_learn: bool) -> tuple[States, Edges]:
        """Send all through the encoder.

        Of many texts only those states are kept that something learns from: they are most of the
        memory that training takes.

        Args:
            reader: its layers as they are before training.
            layers_learn: whether layers are going to learn.
        """
        starts = np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64)
        labelled = sum(bool(message.get(INTENT)) for message in self.messages)
        lower, upper, vectors = self._states(
            reader,
            starts,
            bool(self.types) or layers_learn,
            # Twice, as a tenth is held out from what `fit_intents` counts.
            bool(self.types) or labelled <= 2 * FEW,
        )
        tags, begins, edges = self._tags(starts)
        everything = [*self.messages, *self.names]
        number = {label: at for at, label in enumerate(self.labels)}
        intents = [number.get(m.get(INTENT) or "", UNLABELLED) for m in everything]
        states = States(
            [message.get(TEXT) for message in everything],
            lower,
            upper,
            starts,
            vectors,
            tags,
            np.array(intents, np.int64),
            np.concatenate([np.zeros(0, np.int64), *(text.ids for text in self.prepared)]),
            begins,
        )
        return states, edges

    def _tags(self, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, Edges]:
        """Return tags and beginnings of words, as ``States`` keeps them, and edges of entities."""
        tags, begins = np.full(starts[-1], UNLABELLED, np.int64), np.ones(starts[-1], bool)
        entities = [message.get(ENTITIES) or [] if self.types else [] for message in self.messages]
        texts = [message.get(TEXT) for message in self.messages]
        whole = words.hold_entities(zip(texts, entities, strict=True))
        tagged = []
        for start, ready, text, named in zip(starts, self.prepared, texts, entities, strict=False):
            places = start + ready.content
            if whole:
                begins[places] = words.begins(text, ready.offsets)
            first = begins[places]
            offsets = words.spans(ready.offsets, first)
            of_words = tags_of(offsets, named, self.types)[first.cumsum() - 1]
            tags[places] = np.where(first, of_words, going_on(of_words))
            tagged.append((text, offsets, named))
        return tags, begins if whole else None, Edges.learn(tagged)

    def _states(
        self, reader: JointClassifier, starts: np.ndarray, keep_lower: bool, keep_upper: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        lower, upper = (
            np.zeros((starts[-1] if kept else 0, reader.encoder.dim), np.float16)
            for kept in (keep_lower, keep_upper)
        )
        vectors = np.zeros((len(self.prepared), reader.encoder.dim), np.float32)
        total = len(self.prepared)
        with tqdm(total=total, desc="Reading examples", unit="text", disable=None) as bar:
            for first in range(0, total, _PART):
                part = reader.states(self.prepared[first : first + _PART])
                for at, (below, above) in enumerate(part, first):
                    where = slice(starts[at], starts[at + 1])
                    if keep_lower:
                        lower[where] = below
                    if keep_upper:
                        upper[where] = above
                    vectors[at] = above.mean(0)
                    bar.update()
        return lower, upper, vectors


def _labels(before: JointClassifier, messages: list[Message]) -> list[str]:
    earlier = before.intent.labels if before.intent else []
    return sorted({*earlier, *(m.get(INTENT) for m in messages if m.get(INTENT))})


def _types(before: JointClassifier, messages: list[Message]) -> list[EntityType]:
    found = {EntityType.of(entity) for m in messages for entity in m.get(ENTITIES) or []}
    earlier = before.tag.types if before.tag else []
    return sorted({*found, *earlier}, key=lambda each: tuple(part or "" for part in each))


def _names(messages: list[Message], labels: list[str], fewer_than: int) -> list[Message]:
    """Return the names of intents with few examples as examples."""
    counts = Counter(message.get(INTENT) for message in messages)
    return [
        Message({TEXT: _spoken(label), INTENT: label})
        for label in labels
        if 0 < counts[label] < fewer_than and _spoken(label)
    ]


def _spoken(label: str) -> str:
    """Return the words of an intent's name, without any when it is but a number."""
    words = label.replace("_", " ").replace("/", " ").replace("-", " ").split()
    return (
        " ".join(words).lower() if any(len(word) > 1 and word.isalpha() for word in words) else ""
    )
