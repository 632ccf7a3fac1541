"""Labelled texts for the heads, read from YAML and CSV files."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

#: One text in so many is held out of training.
HELD_OUT = 6
_SUFFIXES = (".yml", ".yaml", ".csv")


class LabelledText(NamedTuple):
    """A text with what is said of it.

    Attributes:
        text: The text.
        language: Its language; empty when the file does not say.
        sentiment: Its sentiment; empty when the file does not say.
        part: What it is listed under within its language; empty for nothing.
    """

    text: str
    language: str
    sentiment: str
    part: str = ""

    @property
    def held_out(self) -> bool:
        """Whether it belongs to the part that is never trained on.

        That hangs on the text alone, so adding texts moves no other from one part to the other.
        """
        plain = unicodedata.normalize("NFKC", self.text).casefold().strip()
        return int(hashlib.sha256(plain.encode()).hexdigest(), 16) % HELD_OUT == 0


class LabelledTextsError(ValueError):
    """A file of labelled texts that cannot be read; the text says which and what to do."""


def read_texts(sources: Iterable[Path]) -> list[LabelledText]:
    """Read the texts of files and of the files in folders, each text with its labels once.

    A YAML file lists texts under languages, in groups if need be, and may say the sentiment of all:
    `{sentiment: negative, zh: [...], en: [...]}`. A CSV file has the column `text` and one or both
    of `sentiment` and `language`.

    Raises:
        LabelledTextsError: If a source is missing or has another form.
    """
    found: dict[LabelledText, None] = {}
    for source in sources:
        for file in _files(source):
            rows = _from_csv(file) if file.suffix == ".csv" else _from_yaml(file)
            found.update(dict.fromkeys(rows))
    return list(found)


def _files(source: Path) -> list[Path]:
    if source.is_dir():
        files = sorted(file for file in source.rglob("*") if file.suffix in _SUFFIXES)
        if files:
            return files
        raise LabelledTextsError(f"The folder {source} holds no YAML and no CSV file.")
    if source.is_file() and source.suffix in _SUFFIXES:
        return [source]
    raise LabelledTextsError(f"{source} is neither a folder nor a YAML or CSV file.")


def _from_yaml(file: Path) -> Iterator[LabelledText]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = str(error).replace("\n", " ")
        raise LabelledTextsError(f"{file} is not valid YAML in UTF-8: {where}") from error
    if not isinstance(content, dict):
        raise LabelledTextsError(f"{file} should list texts under languages such as `zh:`.")
    sentiment = content.pop("sentiment", "")
    for language, listed in content.items():
        parts = listed if isinstance(listed, dict) else {"": listed}
        for part, texts in parts.items():
            for text in _checked(texts, file, language):
                yield LabelledText(text, language, sentiment, part)


def _checked(texts: Any, file: Path, language: str) -> list[str]:
    if not isinstance(texts, list):
        raise LabelledTextsError(f"{file}: what stands under `{language}` should be a list.")
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise LabelledTextsError(
                f"{file}: {text!r} under `{language}` is no text: put it in quotes."
            )
    return texts


def _from_csv(file: Path) -> Iterator[LabelledText]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            columns = rows.fieldnames or []
            if "text" not in columns or not {"sentiment", "language"} & set(columns):
                raise LabelledTextsError(
                    f"{file} should have a column `text` and `sentiment`, `language` or both."
                )
            for row in rows:
                if text := (row["text"] or "").strip():
                    said = (row.get(column) or "" for column in ("language", "sentiment"))
                    yield LabelledText(text, *(word.strip() for word in said))
    except UnicodeDecodeError as error:
        raise LabelledTextsError(f"{file} is not in UTF-8: {error}") from error
