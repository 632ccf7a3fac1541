"""Patterns of what is said of stock, of haste and of the shop's own goods; shared by rules."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parent / "words.yml"


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The words of a name in `words.yml`, both languages; English ones match whole words."""
    words = yaml.safe_load(_FILE.read_text(encoding="utf-8"))[name]
    alternatives = [
        *words["zh"],
        *(rf"(?<![a-z0-9])(?:{each})(?![a-z0-9])" for each in words["en"]),
    ]
    return re.compile("|".join(f"(?:{each})" for each in alternatives))
