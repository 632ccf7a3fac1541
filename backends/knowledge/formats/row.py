"""A row of a file to import, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

#: What a row may hold; the names of the columns of a CSV file and the keys of a JSON object.
FIELDS = (
    "id",
    "language",
    "category",
    "question",
    "variants",
    "answer",
    "source",
    "valid_from",
    "valid_to",
)


@dataclass(frozen=True)
class Row:
    """A row and the line it begins in; ``variants`` is a list, all else is text."""

    line: int
    fields: dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """A row that cannot be used."""

    line: int
    what: str


Reader = Callable[[str], Iterator[Row | Problem]]
