"""A row of a file to import, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backends.rows import Problem, Row

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


Reader = Callable[[str], Iterator[Row | Problem]]
