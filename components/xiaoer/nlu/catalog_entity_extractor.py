"""Entities that patterns and a catalogue can find, by spaCy's `EntityRuler`."""

from __future__ import annotations

import hashlib
import json
import logging
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.nlu.lexicon import LexiconError, lexicon_hash, name_variants, read_lexicon
from xiaoer.nlu.pattern_ruler import PatternRuler
from xiaoer.nlu.pattern_values import NORMALIZERS

logger = logging.getLogger(__name__)

PATTERNS_FILE = "patterns.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class CatalogEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Finds codes, numbers and the shop's names; the longest match wins.

    Patterns are spaCy token patterns (https://spacy.io/usage/rule-based-matching#entityruler) from
    YAML files; names come from the shop's catalogue. Both are read while training and stored in the
    model, so that serving depends on neither.

    Config:
        catalog: A folder with `brands.yml` and `products/*.yml`, a lexicon file or a URL; `null`
            for none.
        patterns: YAML files with more patterns.
        common_patterns: Whether phones, amounts, dates, ordinals and tracking numbers are found.
        min_name_length: The shortest catalogue name that is looked for, in characters. A name
            that two entries share means the first.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {
            "catalog": None,
            "patterns": [],
            "common_patterns": True,
            "min_name_length": 2,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Return what must be installed."""
        return ["spacy", "cn2an"]

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        patterns: list[dict[str, Any]] | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._patterns = patterns or []
        self._ruler = PatternRuler(self._patterns)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CatalogEntityExtractor:
        """Create an extractor without patterns."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CatalogEntityExtractor:
        """Load the patterns that training stored."""
        with model_storage.read_from(resource) as folder:
            patterns = json.loads((folder / PATTERNS_FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, patterns)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of the files and of the catalogue, so that their change retrains."""
        digest = hashlib.sha256(_common_text().encode())
        try:
            if config.get("catalog"):
                digest.update(lexicon_hash(str(config["catalog"])).encode())
            for path in _files(config):
                digest.update(Path(path).read_bytes())
        except (LexiconError, OSError):
            # Training itself will say what is wrong; it must not be skipped.
            return None
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Read patterns and catalogue and store them.

        Raises:
            InvalidConfigException: If a file or the catalogue is missing or malformed.
        """
        self._patterns = self._read_patterns()
        self._ruler = PatternRuler(self._patterns)
        with self._model_storage.write_to(self._resource) as folder:
            text = json.dumps(self._patterns, ensure_ascii=False)
            (folder / PATTERNS_FILE).write_text(text, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Append the entities found to each message's own."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = self.add_extractor_name(self.extract(text))
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def extract(self, text: str) -> list[dict[str, Any]]:
        """Return the entities of `text` in order, without overlaps; see `PatternRuler.find`."""
        return self._ruler.find(text)

    def _read_patterns(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        if self._config["common_patterns"]:
            rows += _parse(_common_text(), "common patterns")
        for path in _files(self._config):
            try:
                rows += _parse(Path(path).read_text(encoding="utf-8"), path)
            except OSError as error:
                raise InvalidConfigException(
                    f"The pattern file '{path}' of CatalogEntityExtractor cannot be read: "
                    "correct `patterns` in config.yml."
                ) from error
        if self._config["catalog"]:
            rows += self._catalogue_patterns(str(self._config["catalog"]))
        try:
            PatternRuler(rows)
        except ValueError as error:
            raise InvalidConfigException(
                f"A pattern of CatalogEntityExtractor is no spaCy token pattern: {error}"
            ) from error
        return rows

    def _catalogue_patterns(self, source: str) -> list[dict[str, Any]]:
        try:
            entries = read_lexicon(source)
        except LexiconError as error:
            raise InvalidConfigException(str(error)) from error
        minimum = int(self._config["min_name_length"])
        names: dict[str, dict[str, Any]] = {}
        for entry in entries:
            for name in (form for given in entry.names for form in name_variants(given)):
                if len(name) < minimum:
                    continue
                row = {"label": entry.entity, "pattern": name, "id": entry.value}
                first = names.setdefault(name.lower(), row)
                if first["id"] != row["id"] or first["label"] != row["label"]:
                    logger.debug("'%s' means %s, not %s.", name, first["id"], row["id"])
        return list(names.values())


def _common_text() -> str:
    return resources.read_text("xiaoer.nlu.patterns", "commerce.yml", encoding="utf-8")


def _files(config: dict[str, Any]) -> list[str]:
    files = config.get("patterns") or []
    return [files] if isinstance(files, str) else [str(file) for file in files]


def _parse(text: str, source: str) -> list[dict[str, Any]]:
    try:
        rows = (yaml.safe_load(text) or {})["patterns"]
        for row in rows:
            if (
                not {"label", "pattern"} <= row.keys()
                or row.get("value", "code") not in NORMALIZERS
            ):
                raise InvalidConfigException(
                    f"Each pattern in {source} wants a label, a pattern and, if it has a value, one "
                    f"of {', '.join(NORMALIZERS)}; this one does not: {row}"
                )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise InvalidConfigException(
            f"{source} should be YAML with a list `patterns`: {error}"
        ) from error
    return rows
