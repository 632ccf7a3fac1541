"""Confidences that mean what they say, fitted on what was held out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from xiaoer.lm.base import FloatArray

#: Fewer held-out examples say nothing about confidences.
FEWEST = 10


def folds(labels: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Return the fold (n,) of each example, equally many of every label in each.

    A label's only example is in fold -1: it is never held out.
    """
    random = np.random.default_rng(seed)
    found = np.full(len(labels), -1, np.int64)
    offset = 0
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) > 1:
            # The next label starts where this one ended, so that small ones fill all folds.
            found[random.permutation(members)] = (np.arange(len(members)) + offset) % count
            offset += len(members)
    return found


def log_loss(scores: FloatArray, labels: NDArray[np.int64]) -> float:
    """Return the mean log loss of scores (n, labels)."""
    return float((logsumexp(scores, axis=1) - scores[np.arange(len(labels)), labels]).mean())


def temperature(scores: FloatArray, labels: NDArray[np.int64]) -> float:
    """Return what scores (n, labels) are to be divided by: the smallest log loss, in 0.1 to 100.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017.
    """
    if len(labels) < FEWEST or scores.shape[1] < 2:
        return 1.0
    best = minimize_scalar(
        lambda exponent: log_loss(scores / math.exp(exponent), labels),
        bounds=(math.log(0.1), math.log(100)),
        method="bounded",
    )
    return float(math.exp(best.x))
