"""How good the probabilities of a group of tags are, on customers held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True)
class Figures:
    """Of one group; for one in which tags do not exclude each other over all its yes and no.

    Attributes:
        customers: how many were judged.
        accuracy: share whose likeliest class is the right one.
        majority: the same for always saying the most frequent class.
        log_loss: mean of -log P(right class), in nats.
        calibration_error: expected calibration error of the likeliest class over `BINS` bins of
            equal width.
    """

    customers: int
    accuracy: float
    majority: float
    log_loss: float
    calibration_error: float


def figures(judged: Sequence[tuple[NDArray, NDArray]]) -> Figures | None:
    """Return the figures of classifiers, None when no customer was judged.

    Args:
        judged: for each classifier (n, classes) log-probabilities and (n,) right classes.
    """
    judged = [(logs, y) for logs, y in judged if len(y)]
    if not judged:
        return None
    right, confidence, losses, majority = [], [], [], []
    for logs, y in judged:
        guess = logs.argmax(1)
        right.append(guess == y)
        confidence.append(np.exp(logs.max(1)))
        losses.append(-logs[np.arange(len(y)), y])
        majority.append(np.bincount(y).max() / len(y))
    hits, sure = np.concatenate(right), np.concatenate(confidence)
    return Figures(
        customers=len(judged[0][1]),
        accuracy=float(hits.mean()),
        majority=float(np.mean(majority)),
        log_loss=float(np.concatenate(losses).mean()),
        calibration_error=_calibration_error(hits, sure),
    )


def _calibration_error(hits: NDArray, sure: NDArray) -> float:
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    error = 0.0
    for one in np.unique(bins):
        here = bins == one
        error += here.mean() * abs(hits[here].mean() - sure[here].mean())
    return float(error)
