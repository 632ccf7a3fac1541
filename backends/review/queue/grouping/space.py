"""Coordinates in which messages lie close when they mean the same to this project."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backends.knowledge.whitening import Whitening, normalised

FloatArray = NDArray[np.float32]

#: The examples of an intent that speak for it, and how sharply their cosines are told apart.
_NEIGHBOURS, _TEMPERATURE = 5, 0.05
_AT_ONCE = 512
#: So many intents are suggested.
SUGGESTED = 5


class Space:
    """Vectors of an encoder, whitened by the scatter within intents, beside nearness to intents.

    Half of a feature is the whitened vector, the other half the square roots of the probabilities
    of the intents, whose product is the coefficient of A. Bhattacharyya (On a measure of divergence,
    1943): two messages are alike when they say the same or when the same intents are likely.

    Args:
        vectors: (n, dim) of the labelled examples.
        intents: (n) the intent of each.
        background: (2 m, dim) of other texts; see `backends.knowledge.whitening.Whitening`.
    """

    def __init__(self, vectors: FloatArray, intents: Sequence[str], background: FloatArray) -> None:
        self.intents = sorted(set(intents))
        number = {name: at for at, name in enumerate(self.intents)}
        labels = np.array([number[name] for name in intents], np.int64)
        self._whitening = Whitening(vectors, labels, background)
        order = np.argsort(labels, kind="stable")
        self._examples = self._whitening.apply(vectors[order]) if len(order) else vectors
        self._starts = np.searchsorted(labels[order], np.arange(len(self.intents) + 1))

    def features(self, vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (n, dim + intents) features of length 1 and (n, intents) probabilities."""
        white = self._whitening.apply(vectors)
        if not self.intents:
            return white, np.zeros((len(vectors), 0), np.float32)
        chances = np.concatenate(
            [
                self._probabilities(white[at : at + _AT_ONCE])
                for at in range(0, max(len(white), 1), _AT_ONCE)
            ]
        )
        return normalised(np.concatenate([white, np.sqrt(chances)], axis=1)), chances

    def suggestions(self, chances: FloatArray) -> list[tuple[str, float]]:
        """Return the likeliest intents of (intents,) mean probabilities, the best first."""
        best = np.argsort(-chances, kind="stable")[:SUGGESTED]
        return [(self.intents[at], round(float(chances[at]), 3)) for at in best]

    def _probabilities(self, white: FloatArray) -> FloatArray:
        cosines = white @ self._examples.T
        scores = np.empty((len(white), len(self.intents)), np.float32)
        for at in range(len(self.intents)):
            own = cosines[:, self._starts[at] : self._starts[at + 1]]
            count = min(_NEIGHBOURS, own.shape[1])
            scores[:, at] = np.partition(own, -count, axis=1)[:, -count:].mean(1)
        powers = np.exp((scores - scores.max(1, keepdims=True)) / _TEMPERATURE)
        return powers / powers.sum(1, keepdims=True)
