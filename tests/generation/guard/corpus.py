"""The shop's own texts, which the guard and `looks_like_instruction` must leave alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
KNOWLEDGE = sorted((ROOT / "data" / "knowledge").glob("*.yml"))
#: Where a sentence ends; a semicolon does not end a reply.
_END = re.compile(r"(?<=[。！？!?])|(?<=[.!?][\"”)])\s|(?<=[.!?])\s")
#: Sentences that are an answer and nothing else.
BARE = re.compile(
    r"\W*(?:可以|能|会|有|是的?|行|不(?:可以|能|会|行|用|需要)|没有|Yes|No)\W*", re.IGNORECASE
)


def read(path: Path) -> Any:
    """Return the content of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def answers() -> Iterator[tuple[str, str, str, str]]:
    """Yield (name, language, question, answer) of each article of the knowledge base."""
    for path in KNOWLEDGE:
        for article in read(path)["articles"]:
            for language in ("zh", "en"):
                if language in article:
                    wording = article[language]
                    yield (
                        f"{article['id']} {language}",
                        language,
                        wording["question"],
                        wording["answer"].strip(),
                    )


def sentences(text: str) -> list[str]:
    """Return the sentences of an answer, each as it could be a reply."""
    return [piece.strip() for piece in _END.split(text) if piece.strip()]


def texts(content: Any) -> Iterator[str]:
    """Yield each text in a YAML document."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from texts(value)
