"""How right a classifier is, and how right it believes to be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn.metrics import f1_score

from xiaoer.lm.base import FloatArray

BINS = 10


class HeadFigures(NamedTuple):
    """Figures over n texts.

    Attributes:
        texts: n.
        accuracy: Share of right labels.
        macro_f1: Mean of the F1 of each label.
        calibration_error: Expected calibration error, see `expected_calibration_error`.
    """

    texts: int
    accuracy: float
    macro_f1: float
    calibration_error: float


def figures(wanted: list[str], found: list[str], confidences: list[float]) -> HeadFigures:
    """Return the figures of found labels beside the wanted ones."""
    right = np.array([a == b for a, b in zip(wanted, found, strict=True)])
    labels = sorted(set(wanted))
    return HeadFigures(
        len(wanted),
        float(right.mean()),
        float(f1_score(wanted, found, labels=labels, average="macro", zero_division=0)),
        expected_calibration_error(np.array(confidences), right),
    )


def expected_calibration_error(confidences: FloatArray, right: np.ndarray) -> float:
    """Return the mean gap between confidence and accuracy over ten bins of equal width.

    Args:
        confidences: (n,) of the labels given.
        right: (n,) whether each was right.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017, section 2.
    """
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    gaps = [
        abs(confidences[bins == each].mean() - right[bins == each].mean()) * (bins == each).mean()
        for each in np.unique(bins)
    ]
    return float(sum(gaps))
