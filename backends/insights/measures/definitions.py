"""What each measure counts, and of what, in both languages (``definitions.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import yaml

Unit = Literal["count", "share", "seconds", "score", "money"]
#: Which way is better; "" when neither is.
Good = Literal["up", "down", ""]
_FILE = Path(__file__).with_name("definitions.yml")
_LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Measure:
    """One figure.

    Attributes:
        name: as programs know it.
        unit: ``share`` is from 0 to 1, ``score`` from -100 to 100, ``money`` in yuan.
        good: ``up`` when more is better, ``down`` when less is, else "".
        labels, definitions, of: by language: its name, what exactly is counted, and what
            ``Value.of`` counts.
    """

    name: str
    unit: Unit
    good: Good
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    of: Mapping[str, str]


@lru_cache(maxsize=1)
def measures() -> dict[str, Measure]:
    """All measures by name, in the order of the file.

    Raises:
        ValueError: the file, which belongs to the code, has a mistake.
    """
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: _measure(name, row) for name, row in content["measures"].items()}


def _measure(name: str, row: Mapping[str, object]) -> Measure:
    if row["unit"] not in get_args(Unit) or row["good"] not in get_args(Good):
        raise ValueError(f"{_FILE.name}: {name} has an unknown unit or good.")

    def both(key: str) -> dict[str, str]:
        words = row[key]
        if not isinstance(words, dict) or set(words) != set(_LANGUAGES) or not all(words.values()):
            raise ValueError(f"{_FILE.name}: {name}.{key} needs zh and en.")
        return {language: str(words[language]).strip() for language in _LANGUAGES}

    return Measure(name, row["unit"], row["good"], both("label"), both("definition"), both("of"))  # type: ignore[arg-type]
