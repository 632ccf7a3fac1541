"""Which column is which: by the options given, else by usual names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xiaoer.learning.errors import LearningError
from xiaoer.learning.logs.words import folded, words


@dataclass(frozen=True)
class Columns:
    """The names of the columns that are used; an empty one is not there.

    Attributes:
        text: What was written.
        role: Who wrote it.
        conversation: The conversation it belongs to.
        time: When.
        answer: The answer, where a row holds a question with its answer.
    """

    text: str
    role: str = ""
    conversation: str = ""
    time: str = ""
    answer: str = ""


def find_columns(path: Path, names: Sequence[str], given: Mapping[str, str]) -> Columns:
    """Return the columns of a file.

    Args:
        path: The file, for the error.
        names: What its columns are called.
        given: Names by the person who imports, by the attributes of `Columns`; empty ones are
            looked for.

    Raises:
        LearningError: A column that was named is not there, or none holds the text.
    """
    found: dict[str, str] = {}
    for column, usual in words().columns.items():
        chosen = given.get(column, "")
        if chosen and chosen not in names:
            raise LearningError(
                f"{path} has no column {chosen!r}; it has {', '.join(map(repr, names))}."
            )
        taken = set(found.values()) | {name for name in given.values() if name}
        # In the order of the usual names: `message` before `body`.
        free = {folded(name): name for name in reversed(names) if name not in taken}
        found[column] = chosen or next((free[each] for each in usual if each in free), "")
    if not found["text"]:
        raise LearningError(
            f"No column of {path} is known to hold the text; it has "
            f"{', '.join(map(repr, names))}: name it with --text."
        )
    return Columns(**found)
