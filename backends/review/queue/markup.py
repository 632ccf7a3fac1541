"""Examples with marked entities, as Rasa's training data write them: ``[black](color) shoes``.

The three forms are ``[text](entity)``, ``[text](entity:value)`` and ``[text]{"entity": …}`` with
``role``, ``group`` and ``value`` (https://rasa.com/docs/rasa/nlu-training-data#entities).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_MARK = re.compile(
    r"\[(?P<text>[^\[\]]+)\](?:\((?P<name>[^:()]+)(?::(?P<value>[^()]+))?\)|(?P<form>\{[^{}]+\}))"
)
_HALF = re.compile(r"\]\s*[({]")
_KEYS = {"entity", "role", "group", "value"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")


class MarkupError(ValueError):
    """An example cannot be read.

    Args:
        code: which sentence says why; one of ``markup_form``, ``markup_entity``, ``markup_role``.
        entity: the name it is about.
    """

    def __init__(self, code: str, entity: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.entity = entity


@dataclass(frozen=True)
class Mark:
    """One entity: ``text[start:end]`` of the plain text."""

    start: int
    end: int
    entity: str
    value: str
    role: str | None = None
    group: str | None = None

    def shown(self) -> dict[str, Any]:
        """The entity as it is written into ``reviewed.jsonl``."""
        more = {"role": self.role, "group": self.group}
        return {
            "start": self.start,
            "end": self.end,
            "entity": self.entity,
            "value": self.value,
            **{name: value for name, value in more.items() if value},
        }


@dataclass(frozen=True)
class Example:
    """A text without marks, and its entities in order."""

    text: str
    marks: tuple[Mark, ...]


def read(written: str) -> Example:
    """Read an example.

    Raises:
        MarkupError: something looks like a mark and is none.
    """
    plain, marks, end = "", [], 0
    for found in _MARK.finditer(written):
        plain += _between(written[end : found.start()])
        name, value = found["name"], found["value"]
        more: dict[str, str] = {}
        if found["form"]:
            name, value, more = _form(found["form"])
        if not _NAME.fullmatch(name):
            raise MarkupError("markup_entity", name)
        text = found["text"]
        marks.append(Mark(len(plain), len(plain) + len(text), name, value or text, **more))
        plain += text
        end = found.end()
    return Example(plain + _between(written[end:]), tuple(marks))


def check(example: Example, known: Mapping[str, Collection[str]]) -> None:
    """Refuse entities that no example has.

    Args:
        example: what was read.
        known: the roles of each entity.

    Raises:
        MarkupError: names the entity.
    """
    for mark in example.marks:
        if mark.entity not in known:
            raise MarkupError("markup_entity", mark.entity)
        if mark.role is not None and mark.role not in known[mark.entity]:
            raise MarkupError("markup_role", mark.role)


def write(text: str, entities: Iterable[Mapping[str, Any]], known: Collection[str]) -> str:
    """Mark entities in a text; those that are not known, or not where they say, are left out."""
    written, end = "", 0
    for each in sorted(entities, key=lambda one: one.get("start") or 0):
        start, stop, name = each.get("start"), each.get("end"), each.get("entity")
        if not isinstance(start, int) or not isinstance(stop, int) or name not in known:
            continue
        if not end <= start < stop <= len(text):
            continue
        piece = text[start:stop]
        if any(sign in piece for sign in "[](){}"):
            continue
        written += text[end:start] + _mark(piece, each)
        end = stop
    return written + text[end:]


def mark_first(written: str, piece: str, form: str) -> str | None:
    """Mark the first place of a piece that is not marked yet; None when there is none.

    Args:
        written: an example with marks or without.
        piece: some of its text.
        form: the entity's name, or ``name role``.
    """
    name, _, role = form.partition(" ")
    taken = [found.span() for found in _MARK.finditer(written)]
    at = written.find(piece) if piece else -1
    while at >= 0:
        if all(at + len(piece) <= start or stop <= at for start, stop in taken):
            mark = _mark(piece, {"entity": name, "role": role})
            return written[:at] + mark + written[at + len(piece) :]
        at = written.find(piece, at + 1)
    return None


def _mark(piece: str, entity: Mapping[str, Any]) -> str:
    # What a value stands for is written among the synonyms, not here.
    name = entity["entity"]
    more = {one: entity[one] for one in ("role", "group") if entity.get(one)}
    if not more:
        return f"[{piece}]({name})"
    form = {"entity": name, **more}
    return f"[{piece}]{json.dumps(form, ensure_ascii=False)}"


def _between(text: str) -> str:
    if _HALF.search(text):
        raise MarkupError("markup_form")
    return text


def _form(written: str) -> tuple[str, str | None, dict[str, str]]:
    try:
        form = json.loads(written)
    except ValueError:
        raise MarkupError("markup_form") from None
    if "entity" not in form or not set(form) <= _KEYS:
        raise MarkupError("markup_form")
    if not all(isinstance(each, str) and each for each in form.values()):
        raise MarkupError("markup_form")
    return form.pop("entity"), form.pop("value", None), form
