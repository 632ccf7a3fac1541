"""Which language a customer writes in: Chinese, English, both, or not to be told."""

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

from xiaoer.nlu.constants import BASE_VECTOR, LANGUAGE
from xiaoer.nlu.language_rules import LANGUAGES, MIXED, identify
from xiaoer.nlu.sentence_head import SHIPPED, SentenceHead, read_head

logger = logging.getLogger(__name__)

AS_ENTITY = "as_entity"
MIN_CONFIDENCE = "min_confidence"
HEAD = "head"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageIdentifier(GraphComponent, EntityExtractorMixin):
    """Puts the language of each message into the parse result.

    The result stands under `language` (`{"code", "confidence"}`, of a mixed message `dominant` as
    well), where `xiaoer.policies.LanguagePolicy` takes it to fill the slot `language`. With
    `as_entity` the language to reply in is given out as an entity over the whole message too, for
    projects that fill the slot by `from_entity`; `rasa test` then expects that entity in each test
    message.

    Scripts and function words decide. Where words in Latin letters have a say, a trained head does,
    provided that `BertIntentEntityClassifier` has left the vector it reads on the message: no text
    is encoded for the language's sake.

    Config:
        as_entity: Whether to give out the entity `language` (default true).
        min_confidence: Below it nothing is given out, and the slot keeps its value.
        head: `bundled`, the path of a file that `xiaoer.nlu.train_head` wrote, or null for rules
            alone. The file is read wherever the model is loaded.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {AS_ENTITY: True, MIN_CONFIDENCE: 0.55, HEAD: SHIPPED}

    def __init__(self, config: dict[str, Any], head: SentenceHead | None = None) -> None:
        self._config = config
        self._head = head
        self._warned = False

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """Create the identifier and read its head.

        Raises:
            SentenceHeadError: The head is missing or none for languages.
            InvalidConfigException: `head` is neither a name nor null.
        """
        config = {**cls.get_default_config(), **config}
        name = config[HEAD]
        if name is None:
            return cls(config)
        if not isinstance(name, str) or not name:
            raise InvalidConfigException(
                f"`{HEAD}` of LanguageIdentifier must be `{SHIPPED}`, the path of a head's file or "
                f"null, not {name!r}."
            )
        return cls(config, SentenceHead.from_bytes(read_head(name, LANGUAGE), name, LANGUAGES))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of the head, which Rasa's own does not see."""
        name = {**cls.get_default_config(), **config}[HEAD]
        return hashlib.sha256(read_head(name, LANGUAGE)).hexdigest() if name else None

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the language of each message."""
        for message in messages:
            if text := message.get(TEXT):
                self._add(message, text)
        return messages

    def _add(self, message: Message, text: str) -> None:
        probabilities = None
        vector = message.get(BASE_VECTOR)
        if self._head is not None and vector is not None:
            if self._head.reads(vector):
                probabilities = self._head.probabilities(vector.values)
            elif not self._warned:
                self._warned = True
                logger.warning(
                    "LanguageIdentifier goes by its rules alone: its head cannot read the vectors "
                    "of this BertIntentEntityClassifier, whose `model` is another or whose "
                    "`trainable_layers` are not 4. Make it so, or write `head: null` here."
                )
        language = identify(text, probabilities)
        if language.confidence < self._config[MIN_CONFIDENCE]:
            return
        result = {"code": language.code, "confidence": language.confidence}
        if language.code == MIXED:
            result["dominant"] = language.dominant
        message.set(LANGUAGE, result, add_to_output=True)
        if self._config[AS_ENTITY] and language.dominant:
            entity = {
                "entity": LANGUAGE,
                "start": 0,
                "end": len(text),
                "value": language.dominant,
                "confidence_entity": language.confidence,
            }
            entities = message.get(ENTITIES, []) + self.add_extractor_name([entity])
            message.set(ENTITIES, entities, add_to_output=True)
