"""Diversity by Maximal Marginal Relevance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class MarginalRelevance:
    """Picks items one by one, each relevant and unlike those picked before.

    The next is the item i that maximises ``λ · relevance_i - (1 - λ) · max_j cosine(i, j)`` over
    the picked j; the first is the most relevant, whatever λ. The largest cosine of each item is
    kept and brought up to date by each pick, so k picks out of n take k·n cosines.

    Source: J. Carbonell and J. Goldstein, "The Use of MMR, Diversity-Based Reranking for
    Reordering Documents and Producing Summaries", SIGIR 1998, https://doi.org/10.1145/290941.291025

    Args:
        scores: (n,) relevance on any scale; taken to 0..1.
        vectors: (n, dim); a vector of zeros is like nothing. Cosines that all lie close together,
            as those of many text encoders do, leave the choice to relevance: centre such vectors.
        trade_off: λ, from 0, variety alone, to 1, relevance alone.
    """

    def __init__(self, scores: ArrayLike, vectors: ArrayLike, trade_off: float) -> None:
        self._relevance = normalised(np.asarray(scores, np.float64))
        self._units = _units(np.asarray(vectors, np.float64))
        self._trade_off = trade_off
        self._free = np.ones(len(self._relevance), bool)
        self._nearest: Floats | None = None

    def pick(self, allowed: NDArray[np.bool_]) -> int | None:
        """Return the place of the next item, the first of equals; None when none is left.

        Args:
            allowed: (n,) which items may be picked.
        """
        open_ = self._free & allowed
        if not open_.any():
            return None
        at = int(np.argmax(np.where(open_, self._marginal(), -np.inf)))
        cosines = self._units @ self._units[at]
        self._nearest = cosines if self._nearest is None else np.maximum(self._nearest, cosines)
        self._free[at] = False
        return at

    def _marginal(self) -> Floats:
        if self._nearest is None:
            return self._relevance
        return self._trade_off * self._relevance - (1 - self._trade_off) * self._nearest


def normalised(scores: Floats) -> Floats:
    """Return (n,) scores so that the lowest is 0 and the highest 1; equal scores are all 1."""
    if not scores.size:
        return scores
    low, high = scores.min(), scores.max()
    # Halves: the difference of two large scores of opposite signs has no float.
    width = high / 2 - low / 2
    return (scores / 2 - low / 2) / width if width > 0 else np.ones_like(scores)


def _units(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
