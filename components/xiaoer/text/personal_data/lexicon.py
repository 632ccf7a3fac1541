"""Reading the lexicons of addresses and names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def read_lexicon(name: str) -> dict[str, Any]:
    """Return what a lexicon of the assets holds."""
    text = resources.read_text("xiaoer.text.personal_data.assets", name, encoding="utf-8")
    # The loader in C, where there is one, takes a tenth of the time.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506
    return content


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest that fits."""
    return "|".join(
        re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))
    )


def characters(words: str) -> str:
    """Return a class of the characters of a block of text."""
    return f"[{''.join(sorted(set(words.replace(' ', ''))))}]"
