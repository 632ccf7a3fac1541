"""Data sets of parallel lines (`seq.in`, `seq.out`, `label`): BANKING77 and SNIPS."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from benchmarks.nlu.datasets.bio import joined
from benchmarks.nlu.datasets.data import DataError, Dataset, Example, dataset, read_text

#: What stands for all of BANKING77's training messages: these are dealt into two parts.
WHOLE = ("train", "valid")


def banking77(folder: Path, parts: Sequence[str] = WHOLE) -> Dataset:
    """Read BANKING77.

    Its authors published 10,003 training messages. Later ones keep some of them apart for
    validation, and there some more than once, so that each intent has equally many.

    Args:
        folder: Where the parts are.
        parts: Those to train on: `WHOLE`, or `train_5` or `train_10` with so many examples an
            intent. A message that stands twice in a further part counts once.

    Raises:
        DataError: If a file is missing, or its lines do not match those of its neighbour.
    """
    first, *more = (_part(folder / part) for part in parts)
    train = [*first, *dict.fromkeys(chain(*more))]
    return dataset(train, _part(folder / "test"), folder)


def _part(folder: Path) -> list[Example]:
    texts, labels = (_lines(folder / name) for name in ("seq.in", "label"))
    _check(folder, texts, labels)
    return [Example(*pair) for pair in zip(texts, labels, strict=True)]


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
