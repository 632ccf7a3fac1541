"""The words that the search knows: names from the catalogue and the lists of words.yml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from backends.catalog.snapshot import Snapshot
from backends.search.text import is_chinese, normalise, runs, stem

WORDS = Path(__file__).with_name("words.yml")


@dataclass(frozen=True)
class Words:
    """words.yml, normalised; see the file for what each list is."""

    fillers_zh: tuple[str, ...]
    edges_zh: frozenset[str]
    breaks_zh: tuple[str, ...]
    fillers_en: frozenset[str]
    breaks_en: frozenset[str]
    sorting: Mapping[str, tuple[str, ...]]
    synonyms: tuple[tuple[str, ...], ...]
    narrower: Mapping[str, tuple[str, ...]]
    recipients: Mapping[str, tuple[str, ...]]
    background: tuple[str, ...]


@lru_cache(maxsize=1)
def read_words() -> Words:
    """Read words.yml, once a process."""
    raw: dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    fillers = {
        key: [normalise(str(word)) for word in words] for key, words in raw["fillers"].items()
    }
    return Words(
        fillers_zh=tuple(sorted(set(fillers["zh"]), key=len, reverse=True)),
        edges_zh=frozenset(fillers["zh_edges"]),
        breaks_zh=tuple(fillers["zh_breaks"]),
        fillers_en=frozenset(fillers["en"]),
        breaks_en=frozenset(fillers["en_breaks"]),
        sorting={
            key: tuple(normalise(word) for word in words) for key, words in raw["sorting"].items()
        },
        background=tuple(raw["background"]),
        synonyms=tuple(_keys(row) for row in raw["synonyms"]),
        narrower={phrase_key(word): _keys(row) for word, row in raw["narrower"].items()},
        recipients={age: _keys(row) for age, row in raw["recipients"].items()},
    )


def _keys(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(phrase_key(str(phrase)) for phrase in phrases)


def phrase_key(phrase: str) -> str:
    """One form of a phrase: runs joined by spaces, English words stemmed."""
    return " ".join(run.text if run.chinese else stem(run.text) for run in runs(normalise(phrase)))


class Vocabulary:
    """Phrases by key, and what each may stand for.

    Attributes:
        brands, categories: phrase key to ids.
        primary: keys that name a whole category, not one kind of goods in it.
        alternates: phrase key to all keys of the same meaning, itself included.
        chinese: Chinese phrases, for cutting rows of characters into words.
        latin: sequences of English words that are one phrase, as tuples.
        words: how often each English word occurs in the catalogue, stemmed.
        joined: two words written as one ("powerbank") to the two.
    """

    def __init__(self, snapshot: Snapshot, words: Words) -> None:
        self.words_file = words
        self.brands: dict[str, set[str]] = {}
        self.categories: dict[str, set[str]] = {}
        self.primary: set[str] = set()
        self.alternates: dict[str, set[str]] = {}
        for brand in snapshot.brands.values():
            self._name(self.brands, brand.id, [brand.id, *brand.all_names])
        for category in snapshot.categories.values():
            self._name(self.categories, category.id, category.all_names)
            self.primary.update(phrase_key(name) for name in category.names.values())
        for row in words.synonyms:
            for key in row:
                self.alternates.setdefault(key, {key}).update(row)
        for word, row in words.narrower.items():
            wider = {word}.union(*(self.alternates.get(key, {key}) for key in row))
            self.alternates.setdefault(word, set()).update(wider)
        phrases = {*self.brands, *self.categories, *self.alternates}
        for item in snapshot.items:
            phrases.update(phrase_key(name) for name in (*item.names.values(), *item.synonyms))
        phrases.discard("")
        self.chinese = {phrase for phrase in phrases if len(phrase) > 1 and _all_chinese(phrase)}
        self.chinese |= {key for key in self.alternates if _all_chinese(key)}
        self.longest_chinese = max((len(phrase) for phrase in self.chinese), default=0)
        self.latin = {
            tuple(phrase.split()) for phrase in phrases if " " in phrase and not is_chinese(phrase)
        }
        self.longest_latin = max((len(phrase) for phrase in self.latin), default=1)
        self.words: Counter[str] = Counter()
        self.joined: dict[str, tuple[str, str]] = {}
        texts = list(phrases)
        for item in snapshot.items:
            texts += [item.summary["en"], item.description["en"]]
            texts += [attribute["value"]["en"] for attribute in item.attributes]
            texts += [attribute["label"]["en"] for attribute in item.attributes]
            for _, options, _ in item.variants:
                texts += [option["value_label"]["en"] for option in options]
        self._count(texts)

    def _name(self, into: dict[str, set[str]], identifier: str, names: Iterable[str]) -> None:
        keys = {phrase_key(name) for name in names} - {""}
        for key in keys:
            into.setdefault(key, set()).add(identifier)

    def _count(self, texts: Iterable[str]) -> None:
        for text in texts:
            latin = [stem(run.text) for run in runs(normalise(text)) if not run.chinese]
            self.words.update(latin)
        for first, *rest in self.latin:
            for second in rest:
                if first.isalpha() and second.isalpha():
                    self.joined.setdefault(first + second, (first, second))
                first = second

    def parts(self, key: str) -> tuple[str, ...]:
        """Return the known phrases that a phrase is made of, () when it is not made of several."""
        if " " in key:
            return tuple(key.split())
        found: list[str] = []
        at = 0
        while at < len(key):
            for length in range(len(key) - at, 1, -1):
                piece = key[at : at + length]
                if piece != key and piece in self.chinese:
                    found.append(piece)
                    at += length
                    break
            else:
                return ()
        return tuple(found)

    def meanings(self, key: str) -> frozenset[str]:
        """All phrase keys that a phrase may be found by."""
        return frozenset(self.alternates.get(key, ())) | {key}


def _all_chinese(phrase: str) -> bool:
    return bool(phrase) and all("\u3400" <= character <= "\u9fff" for character in phrase)
