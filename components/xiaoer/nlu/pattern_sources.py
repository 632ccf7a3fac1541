"""The rows of `PatternRuler`, read where they come from when `CatalogEntityExtractor` trains."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from rasa.nlu.utils.pattern_utils import read_lookup_table_file
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.nlu.lexicon import LexiconError, name_variants, read_lexicon
from xiaoer.nlu.pattern_ruler import PatternRuler
from xiaoer.nlu.pattern_values import FINDERS, NORMALIZERS

logger = logging.getLogger(__name__)

Row = dict[str, Any]
_KINDS = ("pattern", "regex", "find")


def common_text() -> str:
    """Return the YAML text of the patterns that the package brings."""
    return resources.read_text("xiaoer.nlu.patterns", "commerce.yml", encoding="utf-8")


def common_rows() -> list[Row]:
    """Return the rows that the package brings."""
    return _parse(common_text(), "common patterns")


def file_rows(path: str) -> list[Row]:
    """Return the rows of a pattern file.

    Raises:
        InvalidConfigException: It is missing or has another form.
    """
    try:
        return _parse(Path(path).read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfigException(
            f"The pattern file '{path}' of CatalogEntityExtractor cannot be read as UTF-8 text: "
            "correct `patterns` in config.yml."
        ) from error


def catalogue_rows(source: str, min_name_length: int) -> list[Row]:
    """Return the names of a catalogue; one that two entries share means the first.

    Raises:
        InvalidConfigException: The catalogue is missing, down or has another form.
    """
    try:
        entries = read_lexicon(source)
    except LexiconError as error:
        raise InvalidConfigException(str(error)) from error
    names = (
        (entry.entity, entry.value, name)
        for entry in entries
        for name in entry.names
        if len(name) >= min_name_length
    )
    return _name_rows(names)


def lookup_rows(data: TrainingData) -> list[Row]:
    """Return the elements of the training data's lookup tables; each is its own value.

    Raises:
        InvalidConfigException: The file of a table cannot be read.
    """
    return _name_rows(
        (str(table["name"]), element, element)
        for table in data.lookup_tables
        for element in _elements(table)
    )


def regex_rows(data: TrainingData) -> list[Row]:
    """Return the training data's regular expressions that are named after an annotated entity.

    The others are features for Rasa's RegexFeaturizer, as in Rasa's RegexEntityExtractor.
    """
    rows = []
    for regex in data.regex_features:
        if regex["name"] in data.entities:
            rows.append({"label": regex["name"], "regex": regex["pattern"]})
        else:
            logger.debug("No example annotates '%s': its regex finds nothing.", regex["name"])
    return rows


def ruler_of(rows: list[Row]) -> PatternRuler:
    """Return the ruler of `rows`.

    Raises:
        InvalidConfigException: spaCy or `re` cannot read one of the patterns.
    """
    try:
        return PatternRuler(rows)
    except ValueError as error:
        raise InvalidConfigException(
            "A pattern of CatalogEntityExtractor is no spaCy token pattern and no regular "
            f"expression: {error}"
        ) from error


def _elements(table: dict[str, Any]) -> list[str]:
    elements = table["elements"]
    if isinstance(elements, list) and len(elements) == 1 and Path(elements[0]).is_file():
        elements = elements[0]
    if isinstance(elements, str):
        if "\n" in elements:
            # Rasa's fingerprinting puts a file's text in the place of its name.
            elements = elements.splitlines()
        else:
            try:
                elements = read_lookup_table_file(elements)
            except (ValueError, UnicodeDecodeError) as error:
                raise InvalidConfigException(
                    f"The lookup table '{table['name']}' cannot be read from '{elements}': "
                    "correct its path in the training data."
                ) from error
    return [str(element).strip() for element in elements if str(element).strip()]


def _name_rows(names: Iterable[tuple[str, str, str]]) -> list[Row]:
    rows: dict[str, Row] = {}
    for label, value, given in names:
        for name in name_variants(given):
            row = {"label": label, "pattern": name, "id": value}
            first = rows.setdefault(name.lower(), row)
            if first["id"] != value or first["label"] != label:
                logger.debug("'%s' means %s, not %s.", name, first["id"], value)
    return list(rows.values())


def _parse(text: str, source: str) -> list[Row]:
    try:
        rows = (yaml.safe_load(text) or {})["patterns"]
        for row in rows:
            if not _is_row(row):
                raise InvalidConfigException(
                    f"Each pattern in {source} wants a label, one of {', '.join(_KINDS)}, and, if "
                    f"it has a value, one of {', '.join(NORMALIZERS)} (`find` is one of "
                    f"{', '.join(FINDERS)}); this one does not: {row}"
                )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise InvalidConfigException(
            f"{source} should be YAML with a list `patterns`: {error}"
        ) from error
    return rows


def _is_row(row: dict[str, Any]) -> bool:
    return (
        "label" in row
        and sum(kind in row for kind in _KINDS) == 1
        and isinstance(row.get("pattern", []), (str, list))
        and isinstance(row.get("regex", ""), str)
        and row.get("value", "code") in NORMALIZERS
        and row.get("find", "dates") in FINDERS
    )
