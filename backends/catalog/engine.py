"""The search over one snapshot: words and vectors weighed together, with a floor of relevance."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backends.catalog.interpret import Interpretation, Term, interpret
from backends.catalog.lexical import STRONG, LexicalIndex
from backends.catalog.recipients import Recipients
from backends.catalog.snapshot import Item, Snapshot
from backends.catalog.spelling import Speller
from backends.catalog.vocabulary import Vocabulary, read_words
from backends.search.text import normalise

# Chosen on the queries marked `tuned` in tests/backends/catalog/queries.yml.
_COVERAGE, _BM25, _VECTOR, _POPULARITY = 0.45, 0.2, 0.35, 0.03
# A query lies this much nearer to a product than to goods at large (cosine): by itself a sign that it is meant; with some words in common; with all the words of what is sold.
_NEAR, _NEARISH, _NOT_FAR = 0.058, 0.036, 0.02
_FULL_LIFT = 0.09
_SAID, _PARTLY_SAID = 0.55, 0.25
# Where a word of the query is in no product at all, the others alone prove little.
_SAID_WITH_UNKNOWN = 0.75
# Without vectors to vouch for the rest, half of what was said must do.
_NO_VECTORS = 0.12
_TAIL = 0.5

_ID = re.compile(r"[a-z]{2}-?\s?[0-9]{4}(?:-[a-z0-9]+)*")
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Hit:
    """A product found: its score (higher is better) and what of the query it answers."""

    item: Item
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """All hits, best first, and how the query was read."""

    interpretation: Interpretation
    hits: tuple[Hit, ...]


class SearchEngine:
    """Immutable once made; safe to use from several threads.

    Args:
        snapshot: the catalogue.
        is_word: see :class:`backends.catalog.spelling.Speller`.
    """

    def __init__(self, snapshot: Snapshot, is_word: Callable[[str], bool] | None = None) -> None:
        self.snapshot = snapshot
        self.vocabulary = Vocabulary(snapshot, read_words())
        self._speller = Speller(self.vocabulary, is_word)
        self._lexical = LexicalIndex(snapshot, self.vocabulary)
        self._recipients = Recipients(snapshot.items, self.vocabulary)
        self._popularity = np.array([item.popularity for item in snapshot.items])

    def interpret(self, query: str) -> Interpretation:
        """Read a query.

        The name of one kind of goods (tea) does not confine the query to its category where
        another category has goods so called (a tea set).
        """
        meant = interpret(query, self.vocabulary, self._speller)
        if meant.category is None or any(
            term.key in self.vocabulary.primary and meant.category in term.categories
            for term in meant.terms
        ):
            return meant
        outside = np.array([item.category.id != meant.category for item in self.snapshot.items])
        for term in meant.terms:
            if (
                meant.category in term.categories
                and (self._lexical.match(term)[outside] >= STRONG).any()
            ):
                return replace(meant, category=None)
        return meant

    def by_identifier(self, query: str) -> Item | None:
        """Return the product whose id or SKU the query is."""
        text = normalise(query).upper().replace(" ", "")
        if not _ID.fullmatch(text.lower()):
            return None
        if text[2] != "-":
            text = f"{text[:2]}-{text[2:]}"
        return self.snapshot.by_id.get(text) or self.snapshot.by_sku.get(text)

    def search(
        self,
        meant: Interpretation,
        lift: NDArray[np.float32] | None,
        allowed: Callable[[Item], bool] = lambda item: True,
    ) -> tuple[Hit, ...]:
        """Return the products that answer a query, best first.

        Args:
            meant: the query as it was read.
            lift: as ``VectorIndex.lift`` gives it, or None without vectors.
            allowed: what the filters let through.

        Returns:
            Nothing for a query without a single letter, and for one that no product is near to;
            all products let through for a query that names nothing but filters.
        """
        items = self.snapshot.items
        if not items or not meant.said:
            return ()
        let_through = np.array([allowed(item) for item in items], dtype=bool)
        if not meant.terms:
            scores = self._popularity.copy()
            keep = let_through
        else:
            scores, keep = self._weigh(meant.terms, lift)
            keep &= let_through
            suited = self._recipients.suited(meant.terms)
            if suited is not None:
                keep &= suited
            if keep.any():
                keep &= scores >= _TAIL * scores[keep].max()
        order = [at for at in np.argsort(-scores, kind="stable") if keep[at]]
        return tuple(Hit(items[at], float(scores[at]), self._matched(meant, at)) for at in order)

    def _weigh(
        self, terms: Sequence[Term], lift: NDArray[np.float32] | None
    ) -> tuple[Scores, NDArray[np.bool_]]:
        coverage = self._lexical.coverage(terms)
        words = self._lexical.bm25(terms)
        unknown = any(
            not self._lexical.match(term).any() for term in terms if term.head or term.key.isascii()
        )
        said = _SAID_WITH_UNKNOWN if unknown else _SAID
        popularity = _POPULARITY * self._popularity
        if lift is None:
            weighed = (_COVERAGE * coverage + _BM25 * words) / (_COVERAGE + _BM25) + popularity
            return weighed, coverage >= said - _NO_VECTORS
        near = np.clip(lift / _FULL_LIFT, 0, 1)
        weighed = _COVERAGE * coverage + _BM25 * words + _VECTOR * near + popularity
        keep = (
            (lift >= _NEAR)
            | ((coverage >= _PARTLY_SAID) & (lift >= _NEARISH))
            | ((coverage >= said) & (lift >= (_NOT_FAR if unknown else 0)))
        )
        return weighed, keep

    def _matched(self, meant: Interpretation, at: int) -> tuple[str, ...]:
        return tuple(term.key for term in meant.terms if self._lexical.match(term)[at] >= 0.5)
