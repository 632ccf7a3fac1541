"""Data sets that are tables: HINT3 SOFMattress, MASSIVE and the Chinese shop reviews."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.nlu.datasets.data import DataError, Dataset, Example, dataset, read_text

OUT_OF_SCOPE = "NO_NODES_DETECTED"
_SENTIMENTS = {"0": "negative", "1": "positive"}


def sofmattress(folder: Path, seed: int) -> Dataset:
    """Read HINT3 SOFMattress v1; a test message out of scope has no intent.

    Raises:
        DataError: If `train.csv` or `test.csv` is missing or lacks a column.
    """
    train, test = (
        [
            Example(text, None if label == OUT_OF_SCOPE else label)
            for text, label in _rows(folder / name, "sentence", "label")
        ]
        for name in ("train.csv", "test.csv")
    )
    return dataset(train, test, folder)


def massive(folder: Path, seed: int) -> Dataset:
    """Read the intents of MASSIVE; the validation part is what is judged on.

    Raises:
        DataError: If `train.csv` or `validation.csv` is missing or lacks a column.
    """
    train, test = (
        [Example(text, label) for text, label in _rows(folder / name, "text", "label_text")]
        for name in ("train.csv", "validation.csv")
    )
    return dataset(train, test, folder)


def shop_reviews(folder: Path, seed: int) -> Dataset:
    """Read the reviews of `online_shopping_10_cats.zip`; a fifth, by chance, is judged on.

    A review that occurs more than once is taken once, so that none stands on both sides.

    Args:
        folder: Where the archive is.
        seed: Of the split.

    Raises:
        DataError: If the archive is missing or damaged, lacks a column or has another label.
    """
    path = folder / "online_shopping_10_cats.zip"
    try:
        with zipfile.ZipFile(path) as archive:
            content = archive.read("online_shopping_10_cats.csv").decode("utf-8-sig")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} cannot be read: docs/benchmarks.md says where it is published."
        ) from error
    labels: dict[str, str] = {}
    for text, label in _parsed(content, path, "review", "label"):
        if label not in _SENTIMENTS:
            raise DataError(f"{path} has the label '{label}', which is neither 0 nor 1.")
        labels.setdefault(text, _SENTIMENTS[label])
    examples = [Example(text, label) for text, label in labels.items()]
    random.Random(seed).shuffle(examples)
    cut = len(examples) // 5
    return dataset(examples[cut:], examples[:cut], folder)


def _rows(path: Path, text: str, label: str) -> Iterator[tuple[str, str]]:
    return _parsed(read_text(path), path, text, label)


def _parsed(content: str, path: Path, text: str, label: str) -> Iterator[tuple[str, str]]:
    """Yield text and label of each row whose text is not empty."""
    table = csv.DictReader(io.StringIO(content, newline=""))
    missing = {text, label} - set(table.fieldnames or [])
    if missing:
        raise DataError(f"{path} has no column {' and no column '.join(sorted(missing))}.")
    for row in table:
        stripped = (row[text] or "").strip().strip("\ufeff")
        if stripped:
            yield stripped, row[label] or ""
