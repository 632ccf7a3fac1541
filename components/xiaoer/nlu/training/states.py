"""What the encoder makes of the training texts, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xiaoer.lm.base import FloatArray
from xiaoer.nlu.rarity import SubwordRarity

#: Label of a text without an intent and tag of a subword that is not the text's own.
UNLABELLED = -100


@dataclass
class States:
    """The states of N texts, end to end, in half precision to spare memory.

    Attributes:
        texts: the N texts.
        lower: (total, dim) states below the upper layers; (0, dim) where neither layers nor a tag
            head learn.
        upper: (total, dim) states of the last layer; (0, dim) where neither a tag head learns nor
            subwords are weighed.
        starts: (N + 1,) where each text starts.
        vectors: (N, dim) mean of each text's states of the last layer.
        tags: (total,) tag of each subword; UNLABELLED for special ones and the prefix.
        intents: (N,) number of each text's intent, or UNLABELLED.
        ids: (total,) number of each subword; None where subwords count alike.
        begins: (total,) whether each subword begins a word; None where each is one.
    """

    texts: list[str]
    lower: NDArray[np.float16]
    upper: NDArray[np.float16]
    starts: NDArray[np.int64]
    vectors: FloatArray
    tags: NDArray[np.int64]
    intents: NDArray[np.int64]
    ids: NDArray[np.int64] | None = None
    begins: NDArray[np.bool_] | None = None

    def shares(self, text: int, rarity: SubwordRarity | None) -> FloatArray:
        """Return what part each subword of a text has in its vector."""
        start, end = self.starts[text], self.starts[text + 1]
        if rarity is None or self.ids is None:
            return np.full(end - start, 1 / (end - start), np.float32)
        return rarity(self.ids[start:end])

    def weighted(self, texts: NDArray[np.int64], rarity: SubwordRarity) -> FloatArray:
        """Return (n, dim) vectors of n texts, in which rare subwords weigh more."""
        return np.stack(
            [
                self.shares(text, rarity)
                @ self.upper[self.starts[text] : self.starts[text + 1]].astype(np.float32)
                for text in texts
            ]
        )

    def features(self, at: NDArray[np.int64]) -> FloatArray:
        """Return the features, as ``heads.subword_features``, of subwords by their position."""
        parts = [self.lower[at - 1], self.lower[at], self.lower[at + 1], self.upper[at]]
        return np.concatenate(parts, axis=1).astype(np.float32)

    def words(self, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return (m,) whether the subwords at m positions begin a word."""
        return np.ones(len(at), bool) if self.begins is None else self.begins[at]

    def counts(self, texts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return (n,) the number of tagged subwords of each of n texts."""
        return self._tagged_before[texts + 1] - self._tagged_before[texts]

    @cached_property
    def _tagged_before(self) -> NDArray[np.int64]:
        """How many tagged subwords there are before each text, (N + 1,)."""
        return np.concatenate([[0], np.cumsum(self.tags != UNLABELLED)])[self.starts]

    def positions(self, texts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of the tagged subwords of some texts."""
        if not len(texts):
            return np.zeros(0, np.int64)
        spans = [np.arange(self.starts[i], self.starts[i + 1]) for i in texts]
        every = np.concatenate(spans)
        return every[self.tags[every] != UNLABELLED]
