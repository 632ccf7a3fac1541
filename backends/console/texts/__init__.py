"""What the pages say, in both languages, from the YAML files beside this one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")


class Texts:
    """The texts of one language.

    Args:
        language: ``zh`` or ``en``.
        flat: text by dotted key.
    """

    def __init__(self, language: str, flat: dict[str, str]) -> None:
        self.language = language
        self.flat = flat

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, its ``{places}`` filled.

        Raises:
            KeyError: there is no such text.
        """
        return self.flat[key].format(**values) if values else self.flat[key]

    def of(self, group: str, code: object) -> str:
        """The text of a code within a group, or the code itself when it has none."""
        return self.flat.get(f"{group}.{code}", str(code))


@lru_cache
def texts(language: str) -> Texts:
    """The texts of a language; read once."""
    nested = yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    return Texts(language, dict(_flat(nested)))


def _flat(nested: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in nested.items():
        if isinstance(value, dict):
            found += _flat(value, f"{before}{key}.")
        else:
            found.append((f"{before}{key}", str(value)))
    return found
