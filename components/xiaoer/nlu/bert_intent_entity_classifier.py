"""Intents and entities from one pass of the encoder."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from safetensors.numpy import load_file, save_file
from tqdm import tqdm

from xiaoer.lm import Encoder, Prepared, layers
from xiaoer.lm.base import FloatArray
from xiaoer.nlu.constants import TEXT_VECTOR
from xiaoer.nlu.encoders import MODEL, THREADS, BaseModelError, load_encoder
from xiaoer.nlu.heads import (
    IntentHead,
    TagHead,
    from_arrays,
    sentence_features,
    subword_features,
    to_arrays,
)
from xiaoer.nlu.tagging import Edges, EntityType, entities_of, tags_of

logger = logging.getLogger(__name__)

MAX_TOKENS = "max_tokens"
INTENT_CLASSIFICATION = "intent_classification"
ENTITY_RECOGNITION = "entity_recognition"
TRAINABLE_LAYERS = "trainable_layers"
EPOCHS = "epochs"
LEARNING_RATE = "learning_rate"
MAX_TRAINING_TIME = "max_training_time"
ENTITY_EPOCHS = "entity_epochs"
REGULARIZATION = "regularization"
RANKING_LENGTH = "ranking_length"
RANDOM_SEED = "random_seed"

_HEADS, _UPPER, _ABOUT = "heads.safetensors", "upper.onnx", "about.json"
_NUMBERS: dict[str, tuple[type, float]] = {
    MAX_TOKENS: (int, 8),
    TRAINABLE_LAYERS: (int, 0),
    EPOCHS: (int, 1),
    LEARNING_RATE: (float, 0),
    MAX_TRAINING_TIME: (float, 0),
    ENTITY_EPOCHS: (int, 1),
    REGULARIZATION: (float, 0),
    RANKING_LENGTH: (int, 0),
    RANDOM_SEED: (int, 0),
}


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER,
        DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR,
    ],
    is_trainable=True,
)
class BertIntentEntityClassifier(IntentClassifier, EntityExtractorMixin, GraphComponent):
    """Classifies intents and extracts entities with roles and groups over one encoder.

    Two thirds up the encoder the states still tell words apart: the entity head reads these (and
    those of the last layer), the intent head reads both means. The layers above can be trained
    with the heads (``trainable_layers``). The last layer's mean is left on the message for
    neighbours, see ``xiaoer.nlu.constants.TEXT_VECTOR``.

    Example:
        >>> # config.yml
        >>> # pipeline:
        >>> # - name: xiaoer.nlu.BertTokenizer
        >>> # - name: xiaoer.nlu.BertIntentEntityClassifier
        >>> #   model: bundled
    """

    def __init__(
        self,
        config: dict[str, Any],
        encoder: Encoder,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        self._config = config
        self._encoder = encoder
        self._model_storage = model_storage
        self._resource = resource
        self._intent: IntentHead | None = None
        self._tag: TagHead | None = None
        #: The trained upper layers as a graph; None while they are those of the base model.
        self._upper: bytes | None = None
        self._upper_session: onnxruntime.InferenceSession | None = None
        self._going_on = False
        top = encoder.architecture.layers
        trained = config[TRAINABLE_LAYERS]
        if trained > top:
            raise InvalidConfigException(
                f"`{TRAINABLE_LAYERS}` is {trained}, but the model {encoder.name} has {top} layers."
            )
        self._split = min(top - trained, round(top * 2 / 3))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the keys of config.yml with their defaults."""
        return {
            # `bundled`, a folder or a Hugging Face id.
            MODEL: "bundled",
            # Processor threads for one message.
            THREADS: 1,
            # A longer message is cut.
            MAX_TOKENS: 256,
            INTENT_CLASSIFICATION: True,
            ENTITY_RECOGNITION: True,
            # Upper layers that learn with the heads; 0 trains the heads alone.
            TRAINABLE_LAYERS: 4,
            # Passes over the examples when layers learn.
            EPOCHS: 5,
            LEARNING_RATE: 2e-4,
            # Seconds for these passes; 0 for as long as they take.
            MAX_TRAINING_TIME: 0,
            # Passes over the subwords when the entity head is fitted on frozen states.
            ENTITY_EPOCHS: 8,
            # Of the intent head: more is smoother.
            REGULARIZATION: 0.05,
            # Intents in the ranking; 0 for all.
            RANKING_LENGTH: 10,
            RANDOM_SEED: 42,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BertIntentEntityClassifier:
        """Load the encoder for training.

        Raises:
            BaseModelError: the model cannot be found, fetched or read.
            InvalidConfigException: a value in the configuration is wrong.
        """
        config = {**cls.get_default_config(), **config}
        _check(config)
        return cls(config, load_encoder(config), model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of base model and training code, which Rasa's own does not see."""
        config = {**cls.get_default_config(), **config}
        seen = hashlib.sha256(load_encoder(config).fingerprint().encode())
        here = Path(__file__).parent
        for name in ("heads.py", "head_training.py", "tagging.py", "../lm/trainable.py"):
            seen.update((here / name).read_bytes())
        return seen.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the heads, then the upper layers with them, and persist both."""
        from xiaoer.nlu import head_training

        messages = [message for message in training_data.nlu_examples if message.get(TEXT)]
        labels = self._labels(messages)
        types = self._types(messages)
        if not labels and not types:
            logger.debug("There is no training example with an intent or an entity.")
            return self._resource
        threads = min(4, os.cpu_count() or 1)
        seed = self._config[RANDOM_SEED]
        with head_training.reproducible(seed, threads):
            states, edges = self._states(messages, labels, types, threads)
            self._fit(head_training, states, labels, types, edges)
        self._persist()
        return self._resource

    def _labels(self, messages: list[Message]) -> list[str]:
        if not self._config[INTENT_CLASSIFICATION]:
            return []
        earlier = self._intent.labels if self._intent else []
        return sorted({*earlier, *(m.get(INTENT) for m in messages if m.get(INTENT))})

    def _types(self, messages: list[Message]) -> list[EntityType]:
        if not self._config[ENTITY_RECOGNITION]:
            return []
        found = {EntityType.of(entity) for m in messages for entity in m.get(ENTITIES) or []}
        earlier = self._tag.types if self._tag else []
        return sorted({*found, *earlier}, key=lambda each: tuple(part or "" for part in each))

    def _states(
        self,
        messages: list[Message],
        labels: list[str],
        types: list[EntityType],
        threads: int,
    ) -> tuple[Any, Edges]:
        """Encode all examples once; returns ``head_training.States`` and the edges."""
        from xiaoer.nlu.head_training import UNLABELLED, States

        encoder = Encoder(self._encoder.base, threads)
        prepared = [self._prepare(message.get(TEXT)) for message in messages]
        starts = np.concatenate([[0], np.cumsum([len(text.ids) for text in prepared])])
        lower = np.zeros((starts[-1], encoder.dim), np.float16)
        upper = np.zeros_like(lower)
        sentence = np.zeros((len(prepared), 2 * encoder.dim), np.float32)
        tags = np.full(starts[-1], UNLABELLED, np.int64)
        session = self._top(encoder)
        progress = tqdm(total=len(prepared), desc="Reading examples", unit="text", disable=None)
        for first in range(0, len(prepared), 512):
            part = prepared[first : first + 512]
            rows = dict(encoder.run(part, self._split))
            for at, top in encoder.resume([rows[i] for i in range(len(part))], session):
                where = slice(starts[first + at], starts[first + at + 1])
                lower[where], upper[where] = rows[at], top
                sentence[first + at] = sentence_features(rows[at], top)
                progress.update()
        progress.close()
        examples = [
            (message.get(TEXT), text.offsets, message.get(ENTITIES) or [])
            for message, text in zip(messages, prepared, strict=True)
        ]
        for start, text, (_, offsets, entities) in zip(starts, prepared, examples, strict=False):
            tags[start + text.content] = tags_of(offsets, entities if types else [], types)
        intents = [
            labels.index(message.get(INTENT)) if labels and message.get(INTENT) else UNLABELLED
            for message in messages
        ]
        states = States(lower, upper, starts, sentence, tags, np.array(intents, np.int64))
        return states, Edges.learn(examples)

    def _fit(
        self,
        training: Any,
        states: Any,
        labels: list[str],
        types: list[EntityType],
        edges: Edges,
    ) -> None:
        config = self._config
        seed, learns = config[RANDOM_SEED], config[TRAINABLE_LAYERS] > 0
        if labels:
            before = self._intent
            self._intent, accuracy = training.fit_intents(
                states, labels, config[REGULARIZATION], seed, before
            )
            if accuracy is not None:
                logger.info(f"Intent accuracy on held-out folds, heads only: {accuracy:.3f}.")
            if before and learns:
                # Its layers have seen the folds, so these would flatter it.
                self._intent.temperature = before.temperature
        if types:
            same = self._tag if self._tag and self._tag.types == types else None
            passes = config[ENTITY_EPOCHS] * (1 if learns else 2)
            with tqdm(total=passes, desc="Entity head", unit="pass", disable=None) as bar:
                self._tag = training.fit_tags(
                    states, types, edges, config[ENTITY_EPOCHS], seed, bar.update, not learns, same
                )
        if learns:
            base = self._encoder.architecture
            arrays = (
                layers.read_back(self._upper, base)
                if self._upper
                else [self._encoder.base.layer(i) for i in range(self._split, base.layers)]
            )
            with tqdm(total=config[EPOCHS], desc="Upper layers", unit="pass", disable=None) as bar:
                arrays, self._intent, self._tag = training.fine_tune(
                    base,
                    arrays,
                    len(arrays) - config[TRAINABLE_LAYERS],
                    states,
                    self._intent,
                    self._tag,
                    epochs=config[EPOCHS],
                    rate=config[LEARNING_RATE],
                    seconds=config[MAX_TRAINING_TIME],
                    seed=seed,
                    calibrate=not self._going_on,
                    progress=bar.update,
                )
            self._upper = layers.build(base, arrays)
            self._upper_session = None

    def _persist(self) -> None:
        arrays, rest = to_arrays(self._intent, self._tag)
        about = {
            "base": self._encoder.name,
            "fingerprint": self._encoder.fingerprint(),
            "split": self._split,
            "heads": rest,
        }
        with self._model_storage.write_to(self._resource) as folder:
            save_file(arrays, folder / _HEADS)
            if self._upper is not None:
                (folder / _UPPER).write_bytes(self._upper)
            (folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), "utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> BertIntentEntityClassifier:
        """Load what ``train`` persisted; nothing persisted gives a component that finds nothing.

        Raises:
            BaseModelError: the base model is missing, or is not the one trained on.
        """
        component = cls.create(config, model_storage, resource, execution_context)
        try:
            with model_storage.read_from(resource) as folder:
                about = json.loads((folder / _ABOUT).read_text("utf-8"))
                arrays = load_file(folder / _HEADS)
                upper = folder / _UPPER
                component._upper = upper.read_bytes() if upper.is_file() else None
        except (ValueError, FileNotFoundError):
            logger.debug(f"Nothing was trained for {resource.name}.")
            return component
        component._restore(about, arrays)
        component._going_on = execution_context.is_finetuning
        return component

    def _restore(self, about: dict[str, Any], arrays: dict[str, FloatArray]) -> None:
        if about["fingerprint"] != self._encoder.fingerprint():
            raise BaseModelError(
                f"This model was trained on another version of the encoder {about['base']} than "
                f"the one found here as {self._encoder.name}: run `rasa train`, or install the "
                "encoder it was trained on."
            )
        self._split = about["split"]
        self._intent, self._tag = from_arrays(arrays, about["heads"])
        # Graphs are opened now: the archive's folder is gone later, and the first customer
        # should not wait.
        self._encoder.layers(0, self._split)
        self._top(self._encoder)

    def _prepare(self, text: str) -> Prepared:
        return self._encoder.prepare(text, "query", self._config[MAX_TOKENS])

    def _top(self, encoder: Encoder) -> onnxruntime.InferenceSession:
        """Return the graph of the layers above the split."""
        if self._upper is None:
            return encoder.layers(self._split, encoder.architecture.layers)
        if encoder is not self._encoder:
            return layers.session(self._upper, encoder.threads)
        if self._upper_session is None:
            self._upper_session = layers.session(self._upper, encoder.threads)
        return self._upper_session

    def process(self, messages: list[Message]) -> list[Message]:
        """Put intent, ranking, entities and the text's vector on each message.

        A message without a single subword (empty, blanks, control characters) gets no intent,
        which is the name None with confidence 0.
        """
        asked: list[Message] = []
        prepared: list[Prepared] = []
        for message in messages:
            text = self._prepare(message.get(TEXT) or "")
            if len(text.content):
                asked.append(message)
                prepared.append(text)
            else:
                self._set_intent(message, None)
                self._add_entities(message, [])
        if not asked:
            return messages
        lower = dict(self._encoder.run(prepared, self._split))
        rows = [lower[at] for at in range(len(asked))]
        for at, upper in self._encoder.resume(rows, self._top(self._encoder)):
            self._read(asked[at], prepared[at], rows[at], upper)
        return messages

    def _read(
        self, message: Message, prepared: Prepared, lower: FloatArray, upper: FloatArray
    ) -> None:
        message.set(TEXT_VECTOR, upper.mean(0))
        probabilities = None
        if self._intent:
            probabilities = self._intent.probabilities(sentence_features(lower, upper)[None])[0]
        self._set_intent(message, probabilities)
        entities: list[dict[str, Any]] = []
        if self._tag:
            scores = self._tag.probabilities(subword_features(lower, upper, prepared.content))
            text = message.get(TEXT)
            entities = entities_of(text, prepared.offsets, scores, self._tag.types, self._tag.edges)
        self._add_entities(message, entities)

    def _set_intent(self, message: Message, probabilities: FloatArray | None) -> None:
        if not self._config[INTENT_CLASSIFICATION]:
            return
        ranking: list[dict[str, Any]] = []
        if probabilities is not None and self._intent:
            order = np.argsort(-probabilities, kind="stable")
            ranking = [
                {"name": self._intent.labels[at], "confidence": float(probabilities[at])}
                for at in order[: self._config[RANKING_LENGTH] or None]
            ]
        best = dict(ranking[0]) if ranking else {"name": None, "confidence": 0.0}
        message.set(INTENT, best, add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)

    def _add_entities(self, message: Message, entities: list[dict[str, Any]]) -> None:
        if self._config[ENTITY_RECOGNITION]:
            known = list(message.get(ENTITIES) or [])
            message.set(ENTITIES, known + self.add_extractor_name(entities), add_to_output=True)


def _check(config: dict[str, Any]) -> None:
    for key, (kind, least) in _NUMBERS.items():
        value = config[key]
        allowed = (int, float) if kind is float else int
        if isinstance(value, bool) or not isinstance(value, allowed) or value < least:
            what = "a whole number" if kind is int else "a number"
            raise InvalidConfigException(
                f"`{key}` of BertIntentEntityClassifier must be {what} from {least:g} on, "
                f"not {value!r}."
            )
    for key in (INTENT_CLASSIFICATION, ENTITY_RECOGNITION):
        if not isinstance(config[key], bool):
            raise InvalidConfigException(
                f"`{key}` of BertIntentEntityClassifier must be true or false, not {config[key]!r}."
            )
