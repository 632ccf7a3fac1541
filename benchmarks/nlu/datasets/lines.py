"""Data sets of parallel lines (`seq.in`, `seq.out`, `label`): BANKING77 and SNIPS."""

from __future__ import annotations

from pathlib import Path

from benchmarks.nlu.datasets.bio import joined
from benchmarks.nlu.datasets.data import DataError, Dataset, Example, dataset, read_text


def banking77(folder: Path, train: str = "train") -> Dataset:
    """Read BANKING77.

    Args:
        folder: Where the parts are.
        train: The part to train on: `train`, or `train_5` or `train_10` with so many examples an
            intent.

    Raises:
        DataError: If a file is missing, or its lines do not match those of its neighbour.
    """
    parts = []
    for part in (train, "test"):
        texts, labels = (_lines(folder / part / name) for name in ("seq.in", "label"))
        _check(folder / part, texts, labels)
        parts.append([Example(*pair) for pair in zip(texts, labels, strict=True)])
    return dataset(parts[0], parts[1], folder)


def snips(folder: Path, seed: int) -> Dataset:
    """Read SNIPS: intents, and slots as BIO tags of the words.

    Raises:
        DataError: If a file is missing, or its lines do not match those of its neighbours.
    """
    parts = []
    for part in ("train", "test"):
        texts, tags, labels = (
            _lines(folder / part / name) for name in ("seq.in", "seq.out", "label")
        )
        _check(folder / part, texts, tags, labels)
        examples = []
        for number, (words, kinds, label) in enumerate(zip(texts, tags, labels, strict=True)):
            if len(words.split()) != len(kinds.split()):
                raise DataError(f"{folder / part}: line {number + 1} has a tag too few or many.")
            text, entities = joined(words.split(), kinds.split(), " ")
            examples.append(Example(text, label, entities))
        parts.append(examples)
    return dataset(parts[0], parts[1], folder)


def _lines(path: Path) -> list[str]:
    lines = read_text(path).split("\n")
    if lines and not lines[-1].strip():
        lines.pop()
    return [line.strip() for line in lines]


def _check(folder: Path, *columns: list[str]) -> None:
    if len({len(column) for column in columns}) != 1:
        raise DataError(f"The files of {folder} do not have the same number of lines.")
