"""Articles as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from backends.knowledge.formats.row import FIELDS
from backends.rows import Problem, Row, delimiter_of, table_rows


def read_table(text: str) -> Iterator[Row | Problem]:
    """Read a CSV file with a header; variants are parted by ``|``.

    Args:
        text: the file; fields may be parted by comma, semicolon or tab, as the header shows.

    Yields:
        Each row with its line, or why it cannot be used.
    """
    header = text.split("\n", 1)[0]
    delimiter = delimiter_of(header)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        yield Problem(1, f"the header cannot be read ({error}).")
        return
    missing = [name for name in ("question", "answer") if name not in names]
    if missing:
        yield Problem(1, f"the header has no column {' and no column '.join(missing)}.")
        return
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        yield Problem(1, f"the column {unknown[0]!r} is not known; it is left out.")
    for row in table_rows(reader, names):
        if isinstance(row, Problem):
            yield row
            continue
        fields = {
            name: value.strip()
            for name, value in row.fields.items()
            if name in FIELDS and value.strip()
        }
        if "variants" in fields:
            variants = [each.strip() for each in fields["variants"].split("|")]
            yield Row(row.line, {**fields, "variants": [each for each in variants if each]})
        else:
            yield Row(row.line, fields)
