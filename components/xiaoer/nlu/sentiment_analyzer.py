"""Whether a customer is displeased, neutral or pleased."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.lm import Encoder
from xiaoer.lm.base import FloatArray
from xiaoer.nlu.constants import SENTIMENT
from xiaoer.nlu.encoders import MODEL, THREADS, load_encoder
from xiaoer.nlu.sentence_head import (
    HOW_TO_TRAIN,
    SHIPPED,
    SentenceHead,
    SentenceHeadError,
    read_head,
)

logger = logging.getLogger(__name__)

HEAD = "head"
MAX_TOKENS = "max_tokens"
AS_ENTITY = "as_entity"
SENTIMENTS = ("negative", "neutral", "positive")

_FILE = "sentiment.safetensors"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SentimentAnalyzer(GraphComponent, EntityExtractorMixin):
    """Puts the sentiment of each message into the parse result.

    The result stands under `sentiment` (`{"label", "confidence"}`). It is multinomial logistic
    regression over the mean of the base model's states after its eighth layer, so after a
    `BertIntentEntityClassifier` that leaves this vector on the message it costs next to nothing.
    Nothing is learned by `rasa train`: it copies the head into the model, so that the archive
    depends on no file beside it. `xiaoer.nlu.train_head` makes heads.

    Example:
        >>> # config.yml
        >>> # pipeline:
        >>> # - name: xiaoer.nlu.SentimentAnalyzer
        >>> #   as_entity: true
    """

    def __init__(
        self,
        config: dict[str, Any],
        encoder: Encoder,
        head: bytes,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        self._config = config
        self._encoder = encoder
        self._content = head
        self._head = SentenceHead.from_bytes(head, config[HEAD], SENTIMENTS)
        self._model_storage = model_storage
        self._resource = resource
        if self._head.encoder != encoder.fingerprint():
            raise SentenceHeadError(
                f"The head {config[HEAD]} of SentimentAnalyzer was trained on the encoder "
                f"{self._head.encoder}, not on {encoder.fingerprint()}: {HOW_TO_TRAIN}."
            )
        # Opened now: the first customer should not wait.
        encoder.layers(0, self._head.layer)

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
            # `bundled` or the path of a file that `xiaoer.nlu.train_head` wrote.
            HEAD: SHIPPED,
            # Give out an entity `sentiment` over the whole message too.
            AS_ENTITY: False,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentimentAnalyzer:
        """Load encoder and head.

        Raises:
            BaseModelError: The model cannot be found, fetched or read.
            SentenceHeadError: The head is missing or was trained on another encoder.
            InvalidConfigException: A value in the configuration is wrong.
        """
        config = _checked({**cls.get_default_config(), **config})
        head = read_head(config[HEAD], SENTIMENT)
        return cls(config, load_encoder(config), head, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentimentAnalyzer:
        """Load the head that `train` copied.

        Raises:
            BaseModelError: The base model is missing.
            SentenceHeadError: The head was trained on another encoder.
        """
        config = _checked({**cls.get_default_config(), **config})
        try:
            with model_storage.read_from(resource) as folder:
                head = (folder / _FILE).read_bytes()
        except (ValueError, FileNotFoundError):
            logger.debug(f"Nothing was trained for {resource.name}.")
            return cls.create(config, model_storage, resource, execution_context)
        return cls(config, load_encoder(config), head, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of head and base model, which Rasa's own does not see."""
        config = {**cls.get_default_config(), **config}
        head = read_head(config[HEAD], SENTIMENT)
        return hashlib.sha256(head + load_encoder(config).fingerprint().encode()).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Copy the head into the model; the training data is not read."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _FILE).write_bytes(self._content)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the sentiment of each message; one without a single subword gets none."""
        vectors = self._head.vectors(self._encoder, messages, self._config[MAX_TOKENS])
        for message, vector in zip(messages, vectors, strict=True):
            if vector is not None:
                self._add(message, vector)
        return messages

    def _add(self, message: Message, vector: FloatArray) -> None:
        probabilities = self._head.probabilities(vector)
        label = max(probabilities, key=probabilities.__getitem__)
        confidence = probabilities[label]
        result = {"label": label, "confidence": confidence}
        message.set(SENTIMENT, result, add_to_output=True)
        if self._config[AS_ENTITY]:
            entity = {
                "entity": SENTIMENT,
                "start": 0,
                "end": len(message.get(TEXT)),
                "value": label,
                "confidence_entity": confidence,
            }
            entities = (message.get(ENTITIES) or []) + self.add_extractor_name([entity])
            message.set(ENTITIES, entities, add_to_output=True)


def _checked(config: dict[str, Any]) -> dict[str, Any]:
    most = config[MAX_TOKENS]
    if isinstance(most, bool) or not isinstance(most, int) or most < 8:
        raise InvalidConfigException(
            f"`{MAX_TOKENS}` of SentimentAnalyzer must be a whole number from 8 on, not {most!r}."
        )
    if not isinstance(config[HEAD], str) or not config[HEAD]:
        raise InvalidConfigException(
            f"`{HEAD}` of SentimentAnalyzer must be `{SHIPPED}` or the path of a head's file, "
            f"not {config[HEAD]!r}."
        )
    if not isinstance(config[AS_ENTITY], bool):
        raise InvalidConfigException(
            f"`{AS_ENTITY}` of SentimentAnalyzer must be true or false, not {config[AS_ENTITY]!r}."
        )
    return config
