"""What the text generator learns from: the shop's articles and dialogues."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xiaoer.generation.corpus_files import CorpusError, Item, find_files, read_items

logger = logging.getLogger(__name__)

#: Languages in which an article can be written.
LANGUAGES = ("zh", "en")
#: Bytes of text that a second of training can use, and the fewest that are read whole.
_BYTES_A_SECOND, _FEWEST_BYTES = 30_000, 1_000_000


@dataclass(frozen=True)
class Article:
    """One answer of the shop in one language.

    Attributes:
        id: the same for all languages.
        category: of its file.
        language: of questions and answer.
        questions: ways to ask for it, one at least.
        answer: word for word.
    """

    id: str
    category: str
    language: str
    questions: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Turn:
    """What a customer says and what is replied."""

    customer: str
    assistant: str


@dataclass(frozen=True)
class Dialogue:
    """A conversation; ``language`` is zh or en."""

    language: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Corpus:
    """All that is learned from; both lists may be empty."""

    articles: list[Article] = field(default_factory=list)
    dialogues: list[Dialogue] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.articles or self.dialogues)


def read_corpus(dialogues: list[Path], knowledge: list[Path], seconds: float, seed: int) -> Corpus:
    """Read the files, or as much of them as so many seconds of training can use.

    Articles that end with a day (``valid_to``) are left out: weights would go on saying what holds no
    longer, while a passage that is found for a customer always holds.

    Args:
        dialogues: files with the list ``dialogues``.
        knowledge: files with the list ``articles``.
        seconds: of training.
        seed: of the choice where there is too much.

    Raises:
        CorpusError: a file cannot be read or has another form.
    """
    limit = max(_FEWEST_BYTES, _BYTES_A_SECOND * seconds)
    said, told = _size(dialogues), _size(knowledge)
    if said + told > limit:
        logger.warning(
            f"The corpus of the text generator has {(said + told) / 1e6:.1f} MB; about "
            f"{limit / 1e6:.1f} MB of it, drawn by chance, are as much as {seconds:g} s of "
            "training can use."
        )
    # Neither crowds out the other: each has what the other leaves, and half of it in any case.
    shares = [
        min(1.0, (limit - min(other, limit / 2)) / size) if size else 1.0
        for size, other in ((told, said), (said, told))
    ]
    return Corpus(
        [
            article
            for item in read_items(knowledge, "articles", shares[0], seed)
            for article in _articles(item)
        ],
        [_dialogue(item) for item in read_items(dialogues, "dialogues", shares[1], seed)],
    )


def _size(paths: list[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


def corpus_files(names: Any) -> list[Path]:
    """Return the files that a key of config.yml names."""
    return find_files([names] if isinstance(names, str) else names)


def _articles(item: Item) -> Iterator[Article]:
    value = item.value
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        raise CorpusError(f"The article in {item.where}, should be a mapping with an `id`.")
    if value.get("valid_to"):
        return
    written = [language for language in LANGUAGES if language in value]
    if not written:
        raise CorpusError(f"The article in {item.where}, has neither `zh` nor `en`.")
    for language in written:
        part = value[language]
        if not isinstance(part, dict):
            raise CorpusError(
                f"The article in {item.where}, needs `question` and `answer` under `{language}`."
            )
        variants = part.get("variants") or []
        if not isinstance(variants, list):
            raise CorpusError(f"The `variants` of the article in {item.where}, should be a list.")
        yield Article(
            value["id"],
            str(item.head.get("category", "")),
            language,
            tuple(
                _text(each, "question", "article", item)
                for each in [part.get("question"), *variants]
            ),
            _text(part.get("answer"), "answer", "article", item),
        )


def _dialogue(item: Item) -> Dialogue:
    value = item.value
    if not isinstance(value, dict) or value.get("language") not in LANGUAGES:
        raise CorpusError(
            f"The dialogue in {item.where}, should be a mapping with `language: zh` or "
            "`language: en`, and `turns`."
        )
    turns = value.get("turns")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise CorpusError(
            f"The dialogue in {item.where}, needs the list `turns`, each with `customer` and "
            "`assistant`."
        )
    return Dialogue(
        value["language"],
        tuple(
            Turn(
                _text(turn.get("customer"), "customer", "dialogue", item),
                _text(turn.get("assistant"), "assistant", "dialogue", item),
            )
            for turn in turns
        ),
    )


def _text(value: Any, key: str, kind: str, item: Item) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if value is None or value == "":
        raise CorpusError(f"The {kind} in {item.where}, lacks the text of `{key}`.")
    raise CorpusError(
        f"The `{key}` of the {kind} in {item.where}, is no text: put it in quotes ({value!r})."
    )
