"""How well articles answer a question, and how far the best one can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Trust = Literal["sure", "near", "none"]

#: The columns of ``signs``.
SIGNS = ("meaning", "words", "margin")


@dataclass(frozen=True)
class Evidence:
    """What speaks for each article, one value each (articles,).

    Attributes:
        meaning: the cosine to the article's mean vector plus that to the nearer of its languages'
            mean vectors, -2 to 2; zeros without vectors.
        words: the share of what was said that is found in it, 0 to 1.
    """

    meaning: FloatArray
    words: FloatArray

    def scores(self) -> FloatArray:
        """Return (articles,) what articles are ordered by."""
        return self.meaning + self.words

    def signs(self, first: int, second: int | None) -> NDArray[np.float64]:
        """Return (3,) what tells whether the best article answers: ``SIGNS``.

        Args:
            first: the article with the highest score.
            second: the next one, None where there is no other.
        """
        scores = self.scores()
        margin = scores[first] - scores[second] if second is not None else 0.0
        return np.array([self.meaning[first], self.words[first], margin], dtype=np.float64)


@dataclass(frozen=True)
class Confidence:
    """The probability that the best article answers, by a logistic function of its signs.

    Attributes:
        weights, bias: of ``SIGNS``.
        sure: from this probability on the article may be said word for word.
        near: from this one on it may be what was meant.
    """

    weights: tuple[float, float, float]
    bias: float
    sure: float
    near: float

    def probability(self, signs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (…,) the probability, of signs (…, 3)."""
        return 1 / (1 + np.exp(-(signs @ np.array(self.weights) + self.bias)))

    def trust(self, probability: float) -> Trust:
        """Return what may be done with an article of that probability."""
        if probability >= self.sure:
            return "sure"
        return "near" if probability >= self.near else "none"
