"""How much each subword of a text counts in the vector that tells intents apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xiaoer.lm.base import FloatArray

#: Added to the inverse document frequency: a subword of every text still counts a little.
_LEAST = 0.1


@dataclass
class SubwordRarity:
    """Weighs subwords by their inverse document frequency in the training texts.

    In short questions of one field most words are everybody's; the mean of the states follows the
    few that are not when they weigh more. Source: Arora, Liang and Ma, "A Simple but
    Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017, with document frequencies in the
    place of those of a corpus.

    Attributes:
        ids: (n,) numbers of the subwords that were seen.
        weights: (n,) weight of each.
        unseen: weight of any other.
    """

    ids: NDArray[np.int64]
    weights: FloatArray
    unseen: float
    _weight_of: dict[int, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._weight_of = dict(zip(self.ids.tolist(), self.weights.tolist(), strict=True))

    @classmethod
    def fit(cls, texts: Sequence[NDArray[np.int64]]) -> SubwordRarity:
        """Count in how many texts, each the numbers of its subwords, each subword occurs."""
        numbers, found = np.unique(
            np.concatenate([np.unique(ids) for ids in texts]), return_counts=True
        )
        weights = np.log((len(texts) + 1) / (found + 1)) + _LEAST
        unseen = math.log(len(texts) + 1) + _LEAST
        return cls(numbers, weights.astype(np.float32), unseen)

    def __call__(self, ids: Sequence[int] | NDArray[np.int64]) -> FloatArray:
        """Return the shares (n,) of a text's n subwords, which add up to 1."""
        # Looked up by Python's numbers: those of numpy are slow.
        numbers = np.asarray(ids).tolist()
        found = np.array([self._weight_of.get(at, self.unseen) for at in numbers], np.float32)
        return found / found.sum()
