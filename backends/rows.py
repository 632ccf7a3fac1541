"""Rows of files that people bring: what is given, or why a row cannot be used."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

#: What the fields of a table may be parted by; the header shows which.
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """What is given, by column or key, and the line it begins in."""

    line: int
    fields: dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be used, in one sentence."""

    line: int
    what: str


def delimiter_of(header: str) -> str:
    """Return what the fields of a table with this header are parted by."""
    return max(DELIMITERS, key=header.count)


def table_rows(reader: Any, names: Sequence[str]) -> Iterator[Row | Problem]:
    """Yield the rows of a table below its header; empty ones are left out.

    Args:
        reader: a ``csv.reader`` after the header.
        names: of the columns; a row may have fewer fields.
    """
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(line, f"the row cannot be read ({error}).")
            continue
        if not any(value.strip() for value in values):
            continue
        if len(values) > len(names):
            yield Problem(line, f"it has {len(values)} fields, the header has {len(names)}.")
            continue
        yield Row(line, dict(zip(names, values, strict=False)))
