"""Articles as JSON: a list of objects, or an object a line (JSON Lines)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from backends.knowledge.formats.row import FIELDS
from backends.rows import Problem, Row

_SPACE = re.compile(r"\s*")


def read_json(text: str) -> Iterator[Row | Problem]:
    """Read a JSON list of objects, or JSON Lines; the keys are those of ``row.FIELDS``.

    Yields:
        Each object with the line it begins in, or why it cannot be used. A list is read up to its
        first mistake in JSON itself.
    """
    if text.lstrip().startswith("["):
        yield from _list(text)
    else:
        yield from _lines(text)


def _lines(text: str) -> Iterator[Row | Problem]:
    for line, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        try:
            yield _row(line, json.loads(written))
        except (ValueError, RecursionError) as error:
            yield Problem(line, f"it is no JSON ({getattr(error, 'msg', 'nested too deep')}).")


def _list(text: str) -> Iterator[Row | Problem]:
    decoder = json.JSONDecoder()
    at = text.index("[") + 1
    line, counted = 1, 0
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            wrong = getattr(error, "lineno", line)
            why = getattr(error, "msg", "nested too deep")
            yield Problem(wrong, f"it is no JSON ({why}); what follows is left out.")
            return
        yield _row(line, value)
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "]":
            line += text.count("\n", counted, at)
            yield Problem(line, "a comma or the list's end is missing; what follows is left out.")
            return


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _row(line: int, value: Any) -> Row | Problem:
    if not isinstance(value, dict):
        return Problem(line, "it is not an object with question and answer.")
    unknown = sorted(set(map(str, value)) - set(FIELDS))
    if unknown:
        return Problem(line, f"the key {unknown[0]!r} is not known.")
    variants = value.get("variants", [])
    if not isinstance(variants, list):
        return Problem(line, "variants is not a list.")
    return Row(line, {name: each for name, each in value.items() if each is not None})
