"""What every reader returns: examples to train on and examples to be judged on."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple


class DataError(Exception):
    """A data set is missing or does not have the form that its reader knows."""


class Span(NamedTuple):
    """An entity: characters `start` to `end` (not included) of a text, and their kind."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Example:
    """One message.

    Attributes:
        text: What was written.
        intent: Its intent; `None` when it has none of those that are trained.
        entities: What is named in it, in order.
    """

    text: str
    intent: str | None = None
    entities: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """Examples to train on and, apart from them, to be judged on."""

    train: tuple[Example, ...]
    test: tuple[Example, ...]

    @property
    def has_intents(self) -> bool:
        """Whether there are intents to learn."""
        return any(example.intent for example in self.train)

    @property
    def has_entities(self) -> bool:
        """Whether there are entities to learn."""
        return any(example.entities for example in self.train)

    def learning_from(self, count: int, seed: int) -> Dataset:
        """Return the same data set with so many of its training examples, the same for a seed."""
        chance = random.Random(seed)
        return replace(self, train=tuple(chance.sample(self.train, min(count, len(self.train)))))

    def quick(self, seed: int, each: int = 6, tested: int = 40) -> Dataset:
        """Return a small part that is the same for the same seed.

        Args:
            seed: Of the choice.
            each: Training examples of one intent; without intents, six times as many in all.
            tested: Test examples.
        """
        chance = random.Random(seed)
        groups: dict[str | None, list[Example]] = defaultdict(list)
        for example in chance.sample(self.train, len(self.train)):
            groups[example.intent].append(example)
        train: list[Example] = []
        for intent in sorted(groups, key=str):
            train += groups[intent][: each if intent else 6 * each]
        test = chance.sample(self.test, min(tested, len(self.test)))
        return replace(self, train=tuple(train), test=tuple(test))


def read_text(path: Path) -> str:
    """Return the text of a file, without a byte order mark.

    Raises:
        DataError: If it is not there or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} cannot be read: docs/benchmarks.md says where each data set is published "
            "and which files of it are read."
        ) from error


def dataset(train: Sequence[Example], test: Sequence[Example], folder: Path) -> Dataset:
    """Join the two parts.

    Raises:
        DataError: If one of them is empty.
    """
    if not train or not test:
        raise DataError(f"{folder} holds no examples to {'test' if train else 'train'} with.")
    return Dataset(tuple(train), tuple(test))
