"""One encoder with two heads: what is trained, kept in an archive and served."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime
from safetensors.numpy import load_file, save_file

from xiaoer.lm import Encoder, Prepared, layers
from xiaoer.lm.base import FloatArray
from xiaoer.nlu import words
from xiaoer.nlu.encoders import BaseModelError
from xiaoer.nlu.heads import IntentHead, TagHead, from_arrays, subword_features, to_arrays
from xiaoer.nlu.tagging import entities_of

_HEADS, _UPPER, _ABOUT = "heads.safetensors", "upper.onnx", "about.json"


@dataclass(frozen=True)
class Reading:
    """What was found in one text.

    Attributes:
        base_vector: (dim,) mean of the states below the upper layers, the same whatever was
            trained above.
        vector: (dim,) mean of the states of the last layer.
        intents: (n,) probability of each intent, or None.
        entities: as Rasa writes them, without the extractor's name.
    """

    base_vector: FloatArray
    vector: FloatArray
    intents: FloatArray | None
    entities: list[dict[str, Any]]


def split_below(encoder: Encoder, trainable: int) -> int:
    """Return how many layers are below the upper ones when so many of these may learn.

    Two thirds up the states still tell words apart, which the entity head needs, so that is where
    the upper ones begin at the latest.
    """
    top = encoder.architecture.layers
    return min(max(0, top - trainable), round(top * 2 / 3))


class JointClassifier:
    """The base model's lower layers, its own or trained upper ones, and the heads.

    Attributes:
        encoder: the base model.
        split: how many layers are below the upper ones.
        intent: intent head, or None.
        tag: tag head, or None.
        upper: the trained upper layers as a graph; None while they are those of the base model.
    """

    def __init__(
        self,
        encoder: Encoder,
        split: int,
        intent: IntentHead | None = None,
        tag: TagHead | None = None,
        upper: bytes | None = None,
    ) -> None:
        self.encoder = encoder
        self.split = split
        self.intent = intent
        self.tag = tag
        self.upper = upper
        self._session: onnxruntime.InferenceSession | None = None

    def open(self) -> None:
        """Open the graphs now, so that the first customer does not wait."""
        self.encoder.layers(0, self.split)
        self.top()

    def top(self) -> onnxruntime.InferenceSession:
        """Return the graph of the layers above the split."""
        if self._session is None:
            self._session = (
                self.encoder.layers(self.split, self.encoder.architecture.layers)
                if self.upper is None
                else layers.session(self.upper, self.encoder.threads)
            )
        return self._session

    def upper_arrays(self) -> list[dict[str, FloatArray]]:
        """Return the arrays of the upper layers, as they are now."""
        base = self.encoder.architecture
        if self.upper is not None:
            return layers.read_back(self.upper, base)
        return [self.encoder.base.layer(index) for index in range(self.split, base.layers)]

    def states(self, prepared: Sequence[Prepared]) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Yield (states below the upper layers, states of the last one) of each text, in order."""
        rows = list(self.encoder.run(prepared, self.split))
        yield from zip(rows, self.encoder.resume(rows, self.top()), strict=True)

    def read(self, texts: Sequence[str], prepared: Sequence[Prepared]) -> list[Reading]:
        """Return what is found in texts that have at least one subword each."""
        found = []
        for text, ready, (lower, upper) in zip(texts, prepared, self.states(prepared), strict=True):
            vector = upper.mean(0)
            intents = None
            if self.intent:
                own = self.intent.vector(upper, ready.ids)
                intents = self.intent.probabilities(own[None], [text])[0]
            entities: list[dict[str, Any]] = []
            if self.tag:
                features = subword_features(lower, upper, ready.content)
                begins = self.tag.begins(text, ready.offsets)
                entities = entities_of(
                    text,
                    words.spans(ready.offsets, begins),
                    *self.tag.read(features, begins),
                    self.tag.types,
                    self.tag.edges,
                )
            found.append(Reading(lower.mean(0), vector, intents, entities))
        return found

    def save(self, folder: Path) -> None:
        """Write layers, heads, and the name and hash of the base model."""
        arrays, rest = to_arrays(self.intent, self.tag)
        about = {
            "base": self.encoder.name,
            "fingerprint": self.encoder.fingerprint(),
            "split": self.split,
            "heads": rest,
        }
        save_file(arrays, folder / _HEADS)
        if self.upper is not None:
            (folder / _UPPER).write_bytes(self.upper)
        (folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> JointClassifier:
        """Read what ``save`` wrote; nothing is left to be read later.

        Raises:
            BaseModelError: it was trained on another base model.
            FileNotFoundError: nothing was saved there.
        """
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
        if about["fingerprint"] != encoder.fingerprint():
            raise BaseModelError(
                f"This model was trained on another version of the encoder {about['base']} than "
                f"the one found here as {encoder.name}: run `rasa train`, or install the "
                "encoder it was trained on."
            )
        intent, tag = from_arrays(load_file(folder / _HEADS), about["heads"])
        upper = folder / _UPPER
        graph = upper.read_bytes() if upper.is_file() else None
        return cls(encoder, about["split"], intent, tag, graph)
