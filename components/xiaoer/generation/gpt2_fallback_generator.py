"""The generator of answers that stand nowhere, as `rasa train` trains and stores it."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import is_logging_disabled

from xiaoer.generation import generator_config as keys
from xiaoer.generation.training import TrainingOptions, fingerprint, trained
from xiaoer.lm.causal_folder import (
    DESCRIPTION,
    read_description,
    write_description,
)
from xiaoer.lm.errors import LanguageModelError
from xiaoer.lm.generator import GeneratorError

logger = logging.getLogger(__name__)


class GeneratorTrainingError(RasaException):
    """The text generator cannot be trained or stored; the message is one clear sentence."""


# Of the two kinds that are trained and see each message in the pipeline, this one promises less.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class Gpt2FallbackGenerator(GraphComponent):
    """Trains a causal language model on the shop's dialogues and articles.

    By default it is a small GPT-2 that is trained from scratch and knows nothing but the shop;
    ``model`` names a pretrained one instead. The trained model lies in the archive; the action
    server opens it there (``xiaoer.generation.archive``) and writes the replies, so the Rasa server
    never loads it. Messages pass through unchanged. What was trained is kept in the user's cache
    and trained again only when dialogues, articles, configuration or code change.

    Example:
        >>> # config.yml
        >>> # pipeline:
        >>> # - name: xiaoer.generation.Gpt2FallbackGenerator
        >>> #   max_training_time: 75
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        start: tempfile.TemporaryDirectory | None = None,
    ) -> None:
        keys.check(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._start = start

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
    ) -> Gpt2FallbackGenerator:
        """Make the component; nothing is loaded.

        Raises:
            InvalidConfigException: A value in the configuration is wrong.
        """
        return cls({**cls.get_default_config(), **config}, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Gpt2FallbackGenerator:
        """Make the component; weights are read only to go on training (`--finetune`)."""
        config = {**cls.get_default_config(), **config}
        start = None
        if execution_context.is_finetuning:
            start = _copy_of(model_storage, resource)
        return cls(config, model_storage, resource, start)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of the corpus, the code and a base model's folder."""
        config = {**cls.get_default_config(), **config}
        try:
            return fingerprint(config[keys.MODEL], config[keys.DIALOGUES], config[keys.KNOWLEDGE])
        except LanguageModelError as error:
            raise GeneratorTrainingError(str(error)) from error

    def train(self, training_data: TrainingData) -> Resource:
        """Train, or take what was trained before, and store it; the training data is not read.

        Raises:
            GeneratorTrainingError: A file of the corpus, the base model or the disk is at fault.
        """
        config = self._config
        options = TrainingOptions(
            model=config[keys.MODEL],
            seconds=float(config[keys.MAX_TRAINING_TIME]),
            epochs=config[keys.EPOCHS],
            vocabulary_size=config[keys.VOCABULARY_SIZE],
            layers=config[keys.LAYERS],
            width=config[keys.WIDTH],
            heads=config[keys.HEADS],
            context=config[keys.CONTEXT],
            learning_rate=float(config[keys.LEARNING_RATE]),
            lora=config[keys.LORA],
            lora_r=config[keys.LORA_R],
            lora_alpha=config[keys.LORA_ALPHA],
            seed=config[keys.RANDOM_SEED],
        )
        try:
            folder = trained(
                options,
                config[keys.DIALOGUES],
                config[keys.KNOWLEDGE],
                Path(self._start.name) if self._start else None,
                progress=not is_logging_disabled(),
            )
            self._store(folder)
        except LanguageModelError as error:
            raise GeneratorTrainingError(str(error)) from error
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Return the messages as they are."""
        return messages

    def _store(self, folder: Path | None) -> None:
        """Copy a trained generator into the model; without one, say that there is none."""
        about = (read_description(folder) or {}).get("about", {}) if folder else {"empty": True}
        with self._model_storage.write_to(self._resource) as target:
            try:
                for path in _parts(folder) if folder else []:
                    shutil.copyfile(path, target / path.name)
                write_description(target, keys.decoding(self._config), about)
            except OSError as error:
                for path in target.iterdir():
                    path.unlink(missing_ok=True)
                raise GeneratorTrainingError(
                    f"The text generator cannot be stored in the model ({error.strerror}): free "
                    "some space on the disk and train again."
                ) from error


def _parts(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in (".json", ".safetensors") and path.name != DESCRIPTION
    )


def _copy_of(model_storage: ModelStorage, resource: Resource) -> tempfile.TemporaryDirectory | None:
    """Return a copy of a trained generator, which Rasa deletes after loading."""
    try:
        with model_storage.read_from(resource) as folder:
            said = read_description(folder)
            if said is None or said["about"].get("empty"):
                return None
            copy = tempfile.TemporaryDirectory(prefix="xiaoer-generator-")
            for path in _parts(folder):
                shutil.copyfile(path, Path(copy.name) / path.name)
            return copy
    except (ValueError, FileNotFoundError):
        logger.debug(f"Nothing was trained for {resource.name}.")
    except GeneratorError as error:
        logger.warning(f"The text generator is trained anew: {error}")
    return None
