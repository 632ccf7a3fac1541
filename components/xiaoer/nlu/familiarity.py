"""Whether a message is of any known intent at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from xiaoer.lm.base import FloatArray


@dataclass
class Familiarity:
    """The probability that a message is of a known intent, from its highest intent score.

    Probabilities over known intents sum to 1 for any message, also for one of none of them. The
    highest score before the softmax tells these apart better than the highest probability (Vaze et
    al., Open-Set Recognition: A Good Closed-Set Classifier is All You Need?, ICLR 2022).
    It is measured in standard deviations from its mean over held-out messages of known intents, so
    that the curve fitted for one classifier holds for the next.
    The curve is fitted on intents that were left out together with their like, and on messages of
    the others that were held out by chance and with their look-alikes (see
    ``xiaoer.nlu.training.intents``). The distance to the nearest example (Sun et al.,
    Out-of-Distribution Detection with Deep Nearest Neighbors, ICML 2022) separated strange messages
    better on frozen vectors, but little on trained ones, where it was not worth keeping them.

    Attributes:
        mean: of the highest scores of held-out messages.
        deviation: their standard deviation.
        slope: of the logistic curve.
        intercept: of the logistic curve.
        usual: mean of the curve over these messages; one as familiar as they are on average loses
            nothing.
    """

    mean: float
    deviation: float
    slope: float
    intercept: float
    usual: float = 1.0

    def __call__(self, scores: FloatArray) -> FloatArray:
        """Return (m,) probabilities for scores (m, n) of n intents."""
        return np.minimum(1, self._curve(scores) / self.usual).astype(np.float32)

    def measured(self, scores: FloatArray) -> Familiarity:
        """Return the same curve, measured from scores (m, n) of held-out messages."""
        return self._at(scores, float(scores.max(1).std()))

    def stretched(self, scores: FloatArray) -> Familiarity:
        """Return the same curve for a classifier whose scores (m, n) are larger or smaller.

        Their mean is measured again; the standard deviation goes with it, as that of few messages
        is a matter of chance.
        """
        by = max(float(scores.max(1).mean()), 1e-3) / max(self.mean, 1e-3)
        return self._at(scores, self.deviation * by)

    def _at(self, scores: FloatArray, deviation: float) -> Familiarity:
        found = replace(self, mean=float(scores.max(1).mean()), deviation=max(deviation, 1e-3))
        return replace(found, usual=float(found._curve(scores).mean()))

    def _curve(self, scores: FloatArray) -> FloatArray:
        distance = (scores.max(1) - self.mean) / self.deviation
        return expit(self.slope * distance + self.intercept)
