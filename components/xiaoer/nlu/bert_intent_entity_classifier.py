"""Intents and entities from one pass of the encoder."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.lm import Encoder, Prepared
from xiaoer.lm.base import FloatArray
from xiaoer.nlu import classifier_config as keys
from xiaoer.nlu.constants import BASE_VECTOR, TEXT_VECTOR, BaseVector
from xiaoer.nlu.encoders import load_encoder
from xiaoer.nlu.joint_classifier import JointClassifier, split_below
from xiaoer.nlu.training.code_hash import code_hash
from xiaoer.openmp import sleep_while_waiting

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER,
        DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR,
    ],
    is_trainable=True,
)
class BertIntentEntityClassifier(IntentClassifier, EntityExtractorMixin, GraphComponent):
    """Classifies intents and extracts entities with roles and groups over one encoder.

    The intent head reads the mean of the last layer's states and the characters of the text, the
    entity head the states of each subword. Training goes in stages: heads on frozen states, which
    takes seconds; then the upper ``trainable_layers`` with them, kept as far as they serve texts
    that were held out. Confidences are temperature-scaled on held-out texts (Guo et al., On
    Calibration of Modern Neural Networks, 2017), and lowered for messages that look like none of
    the intents (see ``xiaoer.nlu.familiarity``).

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
        classifier: JointClassifier,
        model_storage: ModelStorage,
        resource: Resource,
        going_on: bool = False,
    ) -> None:
        self._config = config
        self._classifier = classifier
        self._model_storage = model_storage
        self._resource = resource
        self._going_on = going_on

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the keys of config.yml with their defaults."""
        return keys.defaults()

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
        config, encoder = cls._prepared(config)
        # Training chooses anew, by what it learns from.
        untrained = JointClassifier(encoder, split_below(encoder, 0))
        return cls(config, untrained, model_storage, resource)

    @classmethod
    def _prepared(cls, config: dict[str, Any]) -> tuple[dict[str, Any], Encoder]:
        config = {**cls.get_default_config(), **config}
        encoder = load_encoder(config)
        keys.check(config)
        return config, encoder

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of base model and training code, which Rasa's own does not see."""
        _, encoder = cls._prepared(config)
        return hashlib.sha256(f"{encoder.fingerprint()}{code_hash()}".encode()).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the heads, then the upper layers with them, and persist both."""
        sleep_while_waiting()
        from xiaoer.nlu.training import joint

        messages = [message for message in training_data.nlu_examples if message.get(TEXT)]
        trained = joint.train(self._classifier, messages, self._config, self._going_on)
        if trained is None:
            logger.debug("There is no training example with an intent or an entity.")
            return self._resource
        self._classifier = trained
        with self._model_storage.write_to(self._resource) as folder:
            trained.save(folder)
        return self._resource

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
        config, encoder = cls._prepared(config)
        try:
            with model_storage.read_from(resource) as folder:
                classifier = JointClassifier.load(folder, encoder)
        except (ValueError, FileNotFoundError):
            logger.debug(f"Nothing was trained for {resource.name}.")
            return cls.create(config, model_storage, resource, execution_context)
        classifier.open()
        going_on = execution_context.is_finetuning
        return cls(config, classifier, model_storage, resource, going_on)

    def process(self, messages: list[Message]) -> list[Message]:
        """Put intent, ranking, entities and the text's vector on each message.

        A message without a single subword (empty, blanks, control characters) gets no intent,
        which is the name None with confidence 0.
        """
        asked: list[Message] = []
        prepared: list[Prepared] = []
        for message in messages:
            ready = self._classifier.encoder.prepare(
                message.get(TEXT) or "", "query", self._config[keys.MAX_TOKENS]
            )
            if len(ready.content):
                asked.append(message)
                prepared.append(ready)
            else:
                self._set_intent(message, None)
                self._add_entities(message, [])
        if asked:
            texts = [message.get(TEXT) for message in asked]
            readings = self._classifier.read(texts, prepared)
            base, layer = self._classifier.encoder.fingerprint(), self._classifier.split
            for message, reading in zip(asked, readings, strict=True):
                message.set(TEXT_VECTOR, reading.vector)
                message.set(BASE_VECTOR, BaseVector(base, layer, reading.base_vector))
                self._set_intent(message, reading.intents)
                self._add_entities(message, reading.entities)
        return messages

    def _set_intent(self, message: Message, probabilities: FloatArray | None) -> None:
        if not self._config[keys.INTENT_CLASSIFICATION]:
            return
        ranking: list[dict[str, Any]] = []
        if probabilities is not None and self._classifier.intent:
            labels = self._classifier.intent.labels
            order = np.argsort(-probabilities, kind="stable")
            ranking = [
                {"name": labels[at], "confidence": float(probabilities[at])}
                for at in order[: self._config[keys.RANKING_LENGTH] or None]
            ]
        best = dict(ranking[0]) if ranking else {"name": None, "confidence": 0.0}
        message.set(INTENT, best, add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)

    def _add_entities(self, message: Message, entities: list[dict[str, Any]]) -> None:
        if self._config[keys.ENTITY_RECOGNITION]:
            known = list(message.get(ENTITIES) or [])
            message.set(ENTITIES, known + self.add_extractor_name(entities), add_to_output=True)
