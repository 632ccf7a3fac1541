"""Messages that a person reviewed, with what they mean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from xiaoer.learning.errors import LearningError


@dataclass(frozen=True)
class Reviewed:
    """A reviewed message.

    Attributes:
        text: What was said.
        intent: What it means.
        entities: (start, end, entity) of each.
    """

    text: str
    intent: str
    entities: tuple[tuple[int, int, str], ...] = ()


def read_reviewed(path: Path, since: date | None) -> tuple[list[Reviewed], list[str]]:
    """Return (the messages, each text once and the latest review of it; what was left out).

    Args:
        path: A file of JSON lines: text, intent, entities, language, at.
        since: Earlier ones are left out.

    Raises:
        LearningError: The file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LearningError(f"{path} cannot be read as UTF-8 text.") from error
    found: dict[str, tuple[datetime, Reviewed]] = {}
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            at, message = _message(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            wrong.append(f"{path.name}, line {number}: no reviewed message.")
            continue
        if since and at.date() < since:
            continue
        if message.text not in found or found[message.text][0] <= at:
            found[message.text] = at, message
    return [message for _, message in found.values()], wrong


def _message(value: Any) -> tuple[datetime, Reviewed]:
    text, intent = value["text"], value["intent"]
    if not isinstance(text, str) or not isinstance(intent, str) or not text.strip() or not intent:
        raise ValueError
    entities = tuple(
        sorted(
            (int(e["start"]), int(e["end"]), str(e["entity"])) for e in value.get("entities") or ()
        )
    )
    at = datetime.fromisoformat(str(value["at"]).replace("Z", "+00:00"))
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    return at.astimezone(timezone.utc), Reviewed(text, intent.split("/")[0], entities)
