"""Statistics of two models on the same messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binomtest, norm

_RESAMPLES = 2000


@dataclass(frozen=True)
class Paired:
    """How often each of two models is right, on the same messages.

    Attributes:
        of: How many messages.
        champion: Of how many the champion is right.
        challenger: Of how many the challenger is right.
        won: Where the challenger is right and the champion wrong.
        lost: Where it is the other way about.
        difference: Challenger less champion, in points (of 100).
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: Of McNemar's exact test, two-sided.
    """

    of: int
    champion: int
    challenger: int
    won: int
    lost: int
    difference: float
    low: float
    high: float
    p: float


def compare(champion: Sequence[bool], challenger: Sequence[bool]) -> Paired:
    """Return how two models compare.

    Args:
        champion: Whether it is right, message by message.
        challenger: The same, of the same messages in the same order.

    Raises:
        ValueError: There is no message, or the numbers differ.
    """
    first, second = np.asarray(champion, bool), np.asarray(challenger, bool)
    if first.shape != second.shape or not first.size:
        raise ValueError("Both models must have answered the same messages, and at least one.")
    won, lost = int((second & ~first).sum()), int((first & ~second).sum())
    low, high = score_interval(won, lost, first.size)
    return Paired(
        int(first.size),
        int(first.sum()),
        int(second.sum()),
        won,
        lost,
        100 * (won - lost) / first.size,
        100 * low,
        100 * high,
        mcnemar(won, lost),
    )


def mcnemar(won: int, lost: int) -> float:
    """Return the two-sided p of McNemar's exact test: of those that differ, half would be won.

    Source: Q. McNemar, Psychometrika 12 (1947); exact by the binomial distribution, for classifiers
    recommended by T. G. Dietterich, Neural Computation 10 (1998).
    """
    return float(binomtest(won, won + lost).pvalue) if won + lost else 1.0


def score_interval(won: int, lost: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of a difference of paired shares, (won - lost) / of, from -1 to 1.

    The score interval of T. Tango, Statistics in Medicine 17 (1998), 891-908, which keeps its level
    with few messages and also where both models agree on all: of n messages without a difference
    it reaches about ±3.84 / (n + 3.84).
    """
    z = float(norm.ppf((1 + level) / 2))
    estimate = (won - lost) / of

    def statistic(difference: float) -> float:
        quadratic = 2.0 * of
        linear = -won - lost + (2.0 * of - won + lost) * difference
        constant = -lost * difference * (1 - difference)
        root = sqrt(max(0.0, linear**2 - 4 * quadratic * constant))
        other = (root - linear) / (2 * quadratic)
        variance = of * (2 * other + difference * (1 - difference))
        excess = won - lost - of * difference
        if excess == 0:
            return 0.0
        return excess / sqrt(variance) if variance > 0 else float(np.sign(excess) * np.inf)

    def end(bound: float, wanted: float) -> float:
        def gap(difference: float) -> float:
            return float(np.clip(statistic(difference), -1e6, 1e6)) - wanted

        inner = estimate
        if gap(bound) * gap(inner) > 0:
            return bound
        return float(brentq(gap, *sorted((bound, inner)), xtol=1e-9))

    edge = 1 - 1e-12
    return end(-edge, z), end(edge, -z)


def bootstrap_interval(
    measure: Callable[[np.ndarray], float], of: int, seed: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the percentile interval of a measure under paired resampling of messages.

    Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13; with
    both models on the same resample, P. Koehn, EMNLP 2004.

    Args:
        measure: Takes the indices of messages, some more than once.
        of: How many messages there are.
        seed: Of the resampling.
        level: Of the interval.
    """
    random = np.random.default_rng(seed)
    found = [measure(random.integers(0, of, of)) for _ in range(_RESAMPLES)]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True)
class F1:
    """Macro-averaged F1 of both models, in points, and the interval of the difference."""

    champion: float
    challenger: float
    low: float
    high: float


def macro_f1(
    wanted: Sequence[str], champion: Sequence[str], challenger: Sequence[str], seed: int
) -> F1:
    """Return the macro F1 over the intents that were wanted, with a paired bootstrap interval."""
    names = sorted({*wanted, *champion, *challenger})
    number = {name: at for at, name in enumerate(names)}
    real, first, second = (
        np.array([number[name] for name in labels]) for labels in (wanted, champion, challenger)
    )

    def of(predicted: np.ndarray, rows: np.ndarray) -> float:
        true = real[rows]
        hits = np.bincount(true[true == predicted[rows]], minlength=len(names))
        both = np.bincount(true, minlength=len(names)) + np.bincount(
            predicted[rows], minlength=len(names)
        )
        shown = np.unique(true)
        return float((2 * hits[shown] / both[shown]).mean())

    everything = np.arange(len(real))
    low, high = bootstrap_interval(lambda rows: of(second, rows) - of(first, rows), len(real), seed)
    return F1(100 * of(first, everything), 100 * of(second, everything), 100 * low, 100 * high)
