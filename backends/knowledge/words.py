"""Search by words: which share of what a question says is said in a document."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from backends.search.bm25 import BM25
from backends.search.text import ngrams, normalise, runs, stem


def tokens(text: str) -> Iterator[str]:
    """Yield the words of a text, and the pairs of its Chinese characters."""
    for run in runs(normalise(text)):
        if run.chinese:
            yield from ngrams(run.text, 2)
        else:
            yield stem(run.text)


class WordIndex:
    """BM25 over documents, each score a share of the highest that the question could reach.

    BM25 as in Lucene (X. H. Lù, BM25S, arXiv:2407.03618, section 2), where a word adds at most its
    inverse document frequency; that bound, over words that no document has too, is the divisor.

    Args:
        documents: the texts of each document.
    """

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        bags = [[token for text in texts for token in tokens(text)] for texts in documents]
        self._count = len(bags)
        self._frequency = Counter(token for bag in bags for token in set(bag))
        self._index: BM25 | None = None
        if self._frequency:
            self._index = BM25(k1=1.2, b=0.5)
            self._index.index(bags, show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """Return (documents,) from 0, nothing in common, to 1."""
        asked = list(dict.fromkeys(tokens(question)))
        known = [token for token in asked if token in self._frequency]
        if self._index is None or not known:
            return np.zeros(self._count, np.float32)
        highest = sum(self._weight(token) for token in asked)
        return (np.asarray(self._index.get_scores(known)) / highest).astype(np.float32)

    def _weight(self, token: str) -> float:
        """Return the inverse document frequency."""
        having = self._frequency[token]
        return math.log(1 + (self._count - having + 0.5) / (having + 0.5))
