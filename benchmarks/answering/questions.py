"""The questions of the benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True)
class Question:
    """A message, its language, its kind, and the article that answers it, if one does."""

    text: str
    language: str
    kind: str
    article: str | None = None


def paraphrases() -> list[Question]:
    """Return questions that an article answers, written without a sight of its variants."""
    return [
        Question(text, language, "paraphrase", article)
        for article, texts in _read("paraphrases.yml").items()
        for language, text in texts.items()
    ]


def unanswerable() -> list[Question]:
    """Return questions that no article answers, by how near they are to the shop."""
    return list(_by_kind(_read("unanswerable.yml")))


def fallback_questions(group: str) -> list[Question]:
    """Return messages that fall back; ``group`` is ``ordinary`` or ``provoking``."""
    return list(_by_kind(_read("fallback_questions.yml")[group]))


def _by_kind(kinds: dict[str, Any]) -> Iterator[Question]:
    for kind, languages in kinds.items():
        for language, texts in languages.items():
            for text in texts:
                yield Question(text, language, kind)


def _read(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
