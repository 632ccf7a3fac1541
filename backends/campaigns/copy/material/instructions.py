"""What a language model is told."""

from __future__ import annotations

from collections.abc import Mapping

from backends.campaigns.copy.material.reading import Strict


class Task(Strict):
    """How the task of one brief is worded in one language."""

    task: str
    units: Mapping[str, str]
    audience: str
    points: str
    joint: str


class Instructions(Strict):
    """``instructions.yml``: the system message by language, and the task."""

    zh: str
    en: str
    task: Mapping[str, Task]
