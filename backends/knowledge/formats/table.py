"""Articles as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from backends.knowledge.formats.row import FIELDS, Problem, Row

_DELIMITERS = ",;\t"


def read_table(text: str) -> Iterator[Row | Problem]:
    """Read a CSV file with a header; variants are parted by ``|``.

    Args:
        text: the file; fields may be parted by comma, semicolon or tab, as the header shows.

    Yields:
        Each row with its line, or why it cannot be used.
    """
    header = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
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
        fields = {
            name: value.strip()
            for name, value in zip(names, values, strict=False)
            if name in FIELDS and value.strip()
        }
        if "variants" in fields:
            variants = [each.strip() for each in fields["variants"].split("|")]
            yield Row(line, {**fields, "variants": [each for each in variants if each]})
        else:
            yield Row(line, fields)
