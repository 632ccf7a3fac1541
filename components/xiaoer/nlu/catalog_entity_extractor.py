"""Entities that patterns and a catalogue can find, by spaCy's `EntityRuler`."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dateutil import tz
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.nlu import pattern_sources
from xiaoer.nlu.lexicon import LexiconError, lexicon_hash
from xiaoer.nlu.pattern_ruler import PatternRuler

PATTERNS_FILE = "patterns.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class CatalogEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Finds codes, numbers, dates and the shop's names; the longest match wins.

    Patterns come from YAML files, in spaCy's language of token patterns
    (https://spacy.io/usage/rule-based-matching#matcher) or as regular expressions; names come from
    the training data's lookup tables and from the shop's catalogue. All are read while training
    and stored in the model, so that serving depends on none of them. Of matches of one length the
    first source named here wins, common patterns last.

    Each entity holds the value made of it (`value`), what the customer wrote (`text`), and, for a
    tracking number whose carrier is told, `additional_info: {"carrier": …}`.

    Config:
        catalog: A folder with `brands.yml` and `products/*.yml`, a lexicon file, a URL, or a list
            of these; `null` for none.
        patterns: YAML files with more patterns.
        use_lookup_tables: Whether the training data's lookup tables are looked for.
        use_regexes: Whether the training data's regular expressions are that are named after an
            annotated entity.
        common_patterns: Whether phones, amounts, dates, ordinals and tracking numbers are found.
        min_name_length: The shortest catalogue name that is looked for, in characters. A name
            that two entries share means the first.
        timezone: Where "today" is, by its name in the IANA database.

    Attributes:
        clock: Tells the time in a timezone; tests set another.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {
            "catalog": None,
            "patterns": [],
            "use_lookup_tables": True,
            "use_regexes": True,
            "common_patterns": True,
            "min_name_length": 2,
            "timezone": "Asia/Shanghai",
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
        self._zone = _timezone(config["timezone"])
        self._ruler = PatternRuler(patterns or [])
        self.clock: Callable[[datetime.tzinfo], datetime.datetime] = datetime.datetime.now

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
        """Return a hash of the files, the catalogue and the code that reads them."""
        here = Path(__file__).parent
        digest = hashlib.sha256(pattern_sources.common_text().encode())
        for name in ("pattern_sources.py", "lexicon.py"):
            digest.update((here / name).read_bytes())
        try:
            for source in _listed(config.get("catalog")):
                digest.update(lexicon_hash(source).encode())
            for path in _listed(config.get("patterns")):
                digest.update(Path(path).read_bytes())
        except (LexiconError, OSError):
            # Training itself will say what is wrong; it must not be skipped.
            return None
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Read patterns and names and store them.

        Raises:
            InvalidConfigException: If a file or the catalogue is missing, down or malformed.
        """
        rows = self._read_rows(training_data)
        self._ruler = pattern_sources.ruler_of(rows)
        with self._model_storage.write_to(self._resource) as folder:
            text = json.dumps(rows, ensure_ascii=False)
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
        return self._ruler.find(text, self.clock(self._zone).date())

    def _read_rows(self, training_data: TrainingData) -> list[pattern_sources.Row]:
        config = self._config
        rows: list[pattern_sources.Row] = []
        for path in _listed(config["patterns"]):
            rows += pattern_sources.file_rows(path)
        if config["use_regexes"]:
            rows += pattern_sources.regex_rows(training_data)
        if config["use_lookup_tables"]:
            rows += pattern_sources.lookup_rows(training_data)
        for source in _listed(config["catalog"]):
            rows += pattern_sources.catalogue_rows(source, int(config["min_name_length"]))
        if config["common_patterns"]:
            rows += pattern_sources.common_rows()
        return rows


def _listed(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else [str(one) for one in value]


def _timezone(name: Any) -> datetime.tzinfo:
    zone = tz.gettz(name) if isinstance(name, str) and name else None
    if zone is None:
        raise InvalidConfigException(
            f"`timezone` of CatalogEntityExtractor in config.yml must be a name like "
            f"Asia/Shanghai; '{name}' is none."
        )
    return zone
