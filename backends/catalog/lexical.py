"""Search by words: BM25 over words and characters, and how much of what was said is there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backends.catalog.interpret import Term
from backends.catalog.snapshot import Item, Snapshot
from backends.catalog.vocabulary import Vocabulary, phrase_key
from backends.search.bm25 import BM25
from backends.search.text import ngrams, normalise, runs, stem

FloatArray = NDArray[np.float64]

# How well a phrase found in each field answers for what was said.
STRONG, MIDDLE, WEAK = 1.0, 0.8, 0.55
# A category's own name says that each of its products is meant; the name of one kind of goods in
# it says it of the others only a little.
OTHER_KIND = 0.25
_HEAD_WEIGHT = 2.0
# 蓝牙 and 耳机 apart are almost 蓝牙耳机.
_IN_PARTS = 0.9


@dataclass(frozen=True)
class _Fields:
    """One product's texts as phrase keys with spaces at both ends, by how much they say."""

    strong: str
    middle: str
    weak: str


class LexicalIndex:
    """All products of a snapshot; positions in the arrays are those of ``snapshot.items``."""

    def __init__(self, snapshot: Snapshot, vocabulary: Vocabulary) -> None:
        self._items = snapshot.items
        self._vocabulary = vocabulary
        self._fields = [_fields(item) for item in snapshot.items]
        self._matches: dict[str, FloatArray] = {}
        self._bm25: BM25 | None = None
        if snapshot.items:
            self._bm25 = BM25(k1=1.2, b=0.5)
            self._bm25.index(
                [list(_document(item)) for item in snapshot.items], show_progress=False
            )

    def bm25(self, terms: Sequence[Term]) -> FloatArray:
        """Return the BM25 score of each product, (products,), 0 to 1 of the best one."""
        tokens = [token for term in terms for token in _query(term)]
        if self._bm25 is None:
            return np.zeros(len(self._items))
        known = [token for token in tokens if token in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self._items))
        scores = np.asarray(self._bm25.get_scores(known), dtype=float)
        return scores / max(float(scores.max()), 1e-9)

    def coverage(self, terms: Sequence[Term]) -> FloatArray:
        """Return which share of what was said is found in each product, (products,), 0 to 1.

        Rare terms weigh more than common ones, the last of a phrase twice: a "wedding dress" is a
        dress, a "car tyre" no part of "car charger".
        """
        total = np.zeros(len(self._items))
        weights = 0.0
        for term in terms:
            match = self.match(term)
            found = float((match >= WEAK).sum())
            rarity = math.log(1 + len(self._items) / (1 + found)) / math.log(1 + len(self._items))
            weight = (0.3 + rarity) * (_HEAD_WEIGHT if term.head else 1.0)
            total += weight * match
            weights += weight
        return total / weights if weights else total

    def match(self, term: Term) -> FloatArray:
        """Return how well each product answers for one term, (products,), 0 to 1."""
        known = self._matches.get(term.key)
        if known is None:
            known = self._match(term)
            if len(self._matches) > 2048:
                self._matches.clear()
            self._matches[term.key] = known
        return known

    def _match(self, term: Term) -> FloatArray:
        own = np.zeros(len(self._items))
        for at, fields in enumerate(self._fields):
            own[at] = self._best(term.meanings, fields)
            if own[at] == 0 and not term.known:
                own[at] = _partly(term.key, fields)
            elif own[at] < STRONG and term.parts:
                parts = [self._best(self._vocabulary.meanings(part), fields) for part in term.parts]
                # the last part says what it is: 蓝牙音箱 is no 蓝牙耳机
                worth = _IN_PARTS if parts[-1] else OTHER_KIND
                own[at] = max(own[at], worth * sum(parts) / len(parts))
        if not term.categories:
            return own
        inside = np.array([item.category.id in term.categories for item in self._items], dtype=bool)
        if term.key in self._vocabulary.primary or not (own[inside] >= STRONG).any():
            own[inside] = STRONG
        else:
            own[inside] = np.maximum(own[inside], OTHER_KIND)
        return own

    def _best(self, phrases: Iterable[str], fields: _Fields) -> float:
        return max(_found(phrase, fields) for phrase in phrases)


def _fields(item: Item) -> _Fields:
    strong = [*item.names.values(), *item.synonyms, *item.brand.all_names]
    middle = [*item.summary.values()]
    for attribute in item.attributes:
        middle += attribute["value"].values()
    for _, options, _ in item.variants:
        for option in options:
            middle += [option["value"], *option["value_label"].values()]
    weak = [*item.description.values()]
    for attribute in item.attributes:
        weak += attribute["label"].values()
    return _Fields(*(_padded(texts) for texts in (strong, middle, weak)))


def _padded(texts: Sequence[str]) -> str:
    return " " + " | ".join(dict.fromkeys(phrase_key(text) for text in texts)) + " "


def _found(phrase: str, fields: _Fields) -> float:
    # English words are found whole, Chinese ones wherever they stand.
    wanted = f" {phrase} " if phrase.isascii() else phrase
    for text, worth in ((fields.strong, STRONG), (fields.middle, MIDDLE), (fields.weak, WEAK)):
        if wanted in text:
            return worth
    return 0.0


def _partly(row: str, fields: _Fields) -> float:
    """Return the share of an unknown row of Chinese whose pairs of characters are found."""
    if row.isascii() or len(row) < 2:
        return 0.0
    best = 0.0
    for text, worth in ((fields.strong, STRONG), (fields.middle, MIDDLE), (fields.weak, WEAK)):
        seen = [False] * len(row)
        for at in range(len(row) - 1):
            if row[at : at + 2] in text:
                seen[at] = seen[at + 1] = True
        best = max(best, worth * sum(seen) / len(row))
    return best


def _document(item: Item) -> Iterator[str]:
    """Yield the tokens of a product; what says more is said more often."""
    for texts, times in (
        ([*item.names.values(), *item.synonyms], 3),
        ([*item.brand.all_names, *item.summary.values()], 2),
        ([*item.description.values(), *item.category.all_names], 1),
        ([value for attribute in item.attributes for value in attribute["value"].values()], 1),
        (
            {
                label
                for _, options, _ in item.variants
                for option in options
                for label in option["value_label"].values()
            },
            1,
        ),
    ):
        for text in texts:
            for token in _tokens(text):
                for _ in range(times):
                    yield token


def _query(term: Term) -> Iterator[str]:
    yield from _tokens(term.key)
    for phrase in term.meanings - {term.key}:
        yield from (token for token in _tokens(phrase) if not token.startswith("#"))


def _tokens(text: str) -> Iterator[str]:
    """Yield words, pairs of Chinese characters, and (marked ``#``) triples of Latin letters."""
    for run in runs(normalise(text)):
        if run.chinese:
            yield from ngrams(run.text, 2)
            if len(run.text) > 1:
                yield from (f"#{character}" for character in run.text)
            continue
        word = stem(run.text)
        yield word
        if len(word) > 4 and word.isalpha():
            yield from (f"#{piece}" for piece in ngrams(f"{word}", 3))
