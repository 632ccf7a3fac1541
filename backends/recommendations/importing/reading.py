"""A file of history, row by row: CSV or TSV with a header, or JSON Lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from itertools import chain
from pathlib import Path

from backends.rows import Problem, Row, delimiter_of, table_rows
from backends.setup_error import SetupError

_NEEDED = ("customer_id", "product_id", "kind", "at")


def read_rows(
    path: Path, encoding: str, progress: Callable[[int], object]
) -> Iterator[Row | Problem]:
    """Read a file, never more than a piece of it at once.

    Args:
        path: a .csv, .tsv or .jsonl file; a table's fields may be parted by comma, semicolon or
            tab, as the header shows.
        encoding: of its text.
        progress: called with the number of bytes read since it was last called.

    Raises:
        SetupError: the file cannot be read, or has no such header.
    """
    reader = {".csv": _table, ".tsv": _table, ".jsonl": _objects}.get(path.suffix.lower())
    if reader is None:
        raise SetupError(f"{path.name} is no .csv, .tsv or .jsonl file.")
    yield from reader(path.name, _lines(path, encoding, progress))


def _lines(path: Path, encoding: str, progress: Callable[[int], object]) -> Iterator[str]:
    count = done = 0
    try:
        with path.open("rb") as raw, TextIOWrapper(raw, encoding, newline="") as file:
            for line in file:
                at = raw.tell()
                if at != done:
                    progress(at - done)
                    done = at
                yield line if count else line.removeprefix("\ufeff")
                count += 1
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror}).") from None
    except LookupError:
        raise SetupError(f"There is no encoding called {encoding}.") from None
    except UnicodeError:
        raise SetupError(
            f"{path.name} is not {encoding} text (somewhere after line {count}): "
            "name its encoding with --encoding, such as gb18030."
        ) from None


def _table(name: str, lines: Iterator[str]) -> Iterator[Row | Problem]:
    header = next(lines, "")
    delimiter = delimiter_of(header)
    reader = csv.reader(chain([header], lines), delimiter=delimiter, strict=True)
    try:
        names = [column.strip().lower() for column in next(reader, [])]
    except csv.Error as error:
        raise SetupError(f"The header of {name} cannot be read ({error}).") from None
    missing = [column for column in _NEEDED if column not in names]
    if missing:
        raise SetupError(f"The header of {name} has no column {' and no column '.join(missing)}.")
    yield from table_rows(reader, names)


def _objects(name: str, lines: Iterator[str]) -> Iterator[Row | Problem]:
    for line, written in enumerate(lines, 1):
        if not written.strip():
            continue
        try:
            value = json.loads(written)
        except (ValueError, RecursionError) as error:
            yield Problem(line, f"it is no JSON ({getattr(error, 'msg', 'nested too deep')}).")
            continue
        if isinstance(value, dict):
            yield Row(line, value)
        else:
            yield Problem(line, "it is no JSON object.")
