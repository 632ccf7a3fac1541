"""Intents of messages that are one of some words and nothing else."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import raise_warning

_WORDS_FILE = "words.json"
# A message that is longer than any word is not looked at.
_LONGEST = 100


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ExactIntentClassifier(GraphComponent):
    """Gives a message that is a listed word, and nothing else, that word's intent for certain.

    For words that must never be misunderstood, such as those that unsubscribe. Case, full-width
    forms, spaces and the marks before and after a message do not matter. It comes last in the
    pipeline: what others found in such a message, intent and entities, gives way. All other
    messages, and buttons (`/intent`), are left as they are.

    The words stand in a YAML file, a list by intent, and are stored in the model.

    Config:
        words: The file (no default).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {"words": None}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        words: Mapping[str, str] | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._intents = dict(words or {})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ExactIntentClassifier:
        """Create a classifier without words."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ExactIntentClassifier:
        """Load the words that training stored."""
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / _WORDS_FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, words)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of the file."""
        try:
            return hashlib.sha256(Path(str(config.get("words"))).read_bytes()).hexdigest()
        except OSError:
            # Training itself will say what is wrong; it must not be skipped.
            return None

    def train(self, training_data: TrainingData) -> Resource:
        """Read the words and store them.

        Raises:
            InvalidConfigException: The file is missing or malformed, or has a word for two
                intents.
        """
        self._intents = read_words(self._config["words"])
        for intent in sorted(set(self._intents.values()) - set(training_data.intents)):
            raise_warning(
                f"`{self._config['words']}` has words for {intent}, of which there is no example: "
                "they are left out. Correct the name, or add examples."
            )
        known = {word: one for word, one in self._intents.items() if one in training_data.intents}
        self._intents = known
        with self._model_storage.write_to(self._resource) as folder:
            text = json.dumps(self._intents, ensure_ascii=False)
            (folder / _WORDS_FILE).write_text(text, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and no entities where a message is a listed word."""
        for message in messages:
            intent = self.intent_of(message.get(TEXT))
            if intent is not None:
                found = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}
                message.set(INTENT, found, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [dict(found)], add_to_output=True)
                message.set(ENTITIES, [], add_to_output=True)
        return messages

    def intent_of(self, text: str | None) -> str | None:
        """Return the intent of a message that is a listed word, else None."""
        if not text or len(text) > _LONGEST or text.lstrip().startswith("/"):
            return None
        return self._intents.get(normalised(text))


def normalised(text: str) -> str:
    """Return a text in small letters and common forms, without marks and spaces at its ends.

    NFKC (Unicode Standard Annex 15) makes full-width letters common ones; runs of spaces become
    one.
    """
    kept = unicodedata.normalize("NFKC", text).casefold()
    start, end = 0, len(kept)
    while start < end and not kept[start].isalnum():
        start += 1
    while end > start and not kept[end - 1].isalnum():
        end -= 1
    return " ".join(kept[start:end].split())


def read_words(path: Any) -> dict[str, str]:
    """Return the intent by word.

    Raises:
        InvalidConfigException: As `ExactIntentClassifier.train`.
    """
    if not isinstance(path, str) or not path:
        raise InvalidConfigException(
            "`words` of ExactIntentClassifier in config.yml must be the path of a YAML file."
        )
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidConfigException(f"`{path}` cannot be read ({error.strerror}).") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InvalidConfigException(f"`{path}` is not YAML.") from None
    if not isinstance(content, dict) or not all(isinstance(one, list) for one in content.values()):
        raise InvalidConfigException(f"`{path}` must have a list of words by intent.")
    intents: dict[str, str] = {}
    for intent, words in content.items():
        for word in words:
            key = normalised(word) if isinstance(word, str) else ""
            if not key:
                raise InvalidConfigException(
                    f"`{path}`: {word!r} of {intent} is no word; put it in quotation marks."
                )
            if intents.setdefault(key, str(intent)) != intent:
                raise InvalidConfigException(
                    f"`{path}`: {word} stands for {intents[key]} and for {intent}."
                )
    return intents
