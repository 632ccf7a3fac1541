"""Records of a CSV or JSON Lines file, one by one; a broken one costs itself alone."""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from xiaoer.learning.errors import LearningError
from xiaoer.learning.logs.decoding import encoding_of

DELIMITERS = ",;\t|"
#: A quoted field may go on over so many lines and bytes; a quote that is open for longer is a slip.
_MOST_LINES, _MOST_BYTES = 60, 64 << 10
_MOST_LINE = 4 << 20


@dataclass(frozen=True)
class Record:
    """A record: the line it begins in, and its fields by name; `fields` is None for a broken one.

    Attributes:
        line: The line it begins in, the first being 1.
        fields: What it holds.
        wrong: Why it is broken.
    """

    line: int
    fields: dict[str, Any] | None
    wrong: str = ""


@dataclass(frozen=True)
class Source:
    """A file that was looked at.

    Attributes:
        path: The file.
        encoding: `utf-8`, `utf-8-sig` or `gb18030`.
        delimiter: Of a CSV file; empty for JSON Lines.
        names: The names of a CSV file's columns; for JSON Lines the keys of its first record.
    """

    path: Path
    encoding: str
    delimiter: str
    names: tuple[str, ...]

    @classmethod
    def look_at(cls, path: Path) -> Source:
        """Find out how a file is to be read.

        Raises:
            LearningError: It is empty, not text, or without a header.
        """
        if not path.is_file():
            raise LearningError(f"There is no file {path}.")
        encoding = encoding_of(path)
        with path.open("rb") as file:
            first = b""
            while not first.strip():
                first = file.readline(_MOST_LINE)
                if not first:
                    raise LearningError(f"{path} is empty.")
        try:
            head = first.decode(encoding).strip("\r\n")
        except UnicodeDecodeError as error:
            raise LearningError(f"The first line of {path} is not in {encoding}.") from error
        if head.lstrip().startswith("{"):
            value = _object(head)
            if isinstance(value, str):
                raise LearningError(f"The first line of {path} is no JSON object: {value}.")
            return cls(path, encoding, "", tuple(map(str, value)))
        if head.lstrip().startswith("["):
            raise LearningError(f"{path} is a JSON list: write one object a line (JSON Lines).")
        delimiter = max(DELIMITERS, key=head.count)
        try:
            names = next(csv.reader([head], delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise LearningError(f"The header of {path} cannot be read ({error}).") from error
        return cls(path, encoding, delimiter, tuple(name.strip() for name in names))

    def records(self, read: Callable[[int], object] | None = None) -> Iterator[Record]:
        """Yield the records in the order of the file; blank lines are none.

        Args:
            read: Called with the number of bytes that each step read.

        Raises:
            LearningError: The file cannot be read on.
        """
        try:
            with self.path.open("rb") as file:
                lines = _Lines(file, self.encoding, read)
                yield from self._rows(lines) if self.delimiter else _objects(lines)
        except OSError as error:
            raise LearningError(
                f"{self.path} cannot be read on ({error.strerror or error})."
            ) from error

    def _rows(self, lines: _Lines) -> Iterator[Record]:
        header = False
        while (taken := lines.take()) is not None:
            number, text = taken
            if text is None:
                yield Record(number, None, f"it is not in {self.encoding}")
            elif not header:
                header = bool(text.strip())
            elif text.strip():
                yield self._row(lines, number, text)

    def _row(self, lines: _Lines, number: int, text: str) -> Record:
        values, wrong = self._parse(text)
        if wrong == _OPEN_QUOTE:
            ahead: list[tuple[int, str | None]] = []
            joined, size = text, len(text)
            while wrong == _OPEN_QUOTE and len(ahead) < _MOST_LINES and size < _MOST_BYTES:
                taken = lines.take()
                if taken is None:
                    break
                ahead.append(taken)
                if taken[1] is None:
                    break
                joined, size = joined + taken[1], size + len(taken[1])
                if '"' in taken[1]:
                    values, wrong = self._parse(joined)
            if wrong or len(values) != len(self.names):
                # The quote is a slip: what follows are rows of their own.
                lines.give_back(ahead)
                values, wrong = [], "a quotation mark is never closed"
        if wrong:
            return Record(number, None, wrong)
        if len(values) > len(self.names) and any(
            value.strip() for value in values[len(self.names) :]
        ):
            return Record(
                number, None, f"it has {len(values)} fields, the header has {len(self.names)}"
            )
        return Record(number, dict(zip(self.names, values, strict=False)))

    def _parse(self, text: str) -> tuple[list[str], str]:
        try:
            return next(
                csv.reader(text.splitlines(True), delimiter=self.delimiter, strict=True)
            ), ""
        except csv.Error as error:
            said = str(error)
            return [], _OPEN_QUOTE if said == _OPEN_QUOTE else f"it is no CSV ({said})"
        except StopIteration:
            return [], "it is no CSV"


#: What Python's reader says where a quoted field is not at its end.
_OPEN_QUOTE = "unexpected end of data"


class _Lines:
    """The lines of a file with their numbers, of which some can be given back."""

    def __init__(self, file: BinaryIO, encoding: str, read: Callable[[int], object] | None) -> None:
        self._file = file
        self._encoding = encoding.removesuffix("-sig")
        self._read = read
        self._number = 0
        self._back: deque[tuple[int, str | None]] = deque()
        if encoding.endswith("-sig"):
            file.seek(3)

    def take(self) -> tuple[int, str | None] | None:
        """Return (number, text) of the next line, text None where it is not in the encoding."""
        if self._back:
            return self._back.popleft()
        line = self._file.readline(_MOST_LINE)
        if not line:
            return None
        self._number += 1
        size = len(line)
        # A line without end is no record; its rest is passed over.
        whole = len(line) < _MOST_LINE or line.endswith(b"\n")
        while not whole:
            rest = self._file.readline(_MOST_LINE)
            size += len(rest)
            whole = len(rest) < _MOST_LINE or rest.endswith(b"\n")
        if self._read:
            self._read(size)
        try:
            return self._number, line.decode(self._encoding)
        except UnicodeDecodeError:
            return self._number, None

    def give_back(self, lines: list[tuple[int, str | None]]) -> None:
        """Let these be taken again, in this order."""
        self._back.extendleft(reversed(lines))


def _objects(lines: _Lines) -> Iterator[Record]:
    while (taken := lines.take()) is not None:
        number, text = taken
        if text is None:
            yield Record(number, None, "it is not in the file's encoding")
        elif text.strip():
            value = _object(text)
            if isinstance(value, str):
                yield Record(number, None, value)
            else:
                yield Record(number, value)


def _object(text: str) -> dict[str, Any] | str:
    """Return the JSON object of a line, or why it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"it is no JSON ({getattr(error, 'msg', 'nested too deep')})"
    return value if isinstance(value, dict) else "it is no JSON object"
