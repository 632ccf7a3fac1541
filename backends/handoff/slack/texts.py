"""What staff read in Slack, from `texts.yml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


class Texts:
    """The texts of one language."""

    def __init__(self, texts: dict[str, Any]) -> None:
        self._texts = texts

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, its ``{places}`` filled."""
        return self._fill(self._texts[key], values)

    def of(self, group: str, code: str, **values: Any) -> str | None:
        """The text of a code within a group; None when it has none."""
        text = self._texts[group].get(code)
        return None if text is None else self._fill(text, values)

    @staticmethod
    def _fill(text: str, values: dict[str, Any]) -> str:
        return text.format(**values) if values else text


@lru_cache
def _file() -> dict[str, dict[str, Any]]:
    path = Path(__file__).with_name("texts.yml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def texts(language: str) -> Texts:
    """The texts of ``zh`` or ``en``."""
    return Texts(_file()[language])


def commands() -> list[tuple[str, Any]]:
    """The words that begin a command, in lower case, with what it does; longest first."""
    found = [
        (word.lower(), name)
        for language in _file().values()
        for name, words in language["commands"].items()
        for word in words
    ]
    return sorted(found, key=lambda each: -len(each[0]))
