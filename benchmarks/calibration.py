"""How honest confidences are: the expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def expected_calibration_error(
    confidences: Sequence[float], right: Sequence[bool], bins: int = 15
) -> float:
    """Return the expected calibration error of answers.

    Confidences are put into bins of equal width; the error is the mean, weighed by the answers in
    a bin, of the distance between the share that is right and the mean confidence there. Source:
    Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017,
    equation 3, with the 15 bins used there.

    Args:
        confidences: The confidence of each answer, from 0 to 1.
        right: Whether each answer is right.
        bins: The number of bins; bin m holds ((m - 1) / bins, m / bins], the first 0 as well.

    Returns:
        A share from 0 to 1.

    Raises:
        ValueError: If there is no answer, the lengths differ, or a confidence is not in [0, 1].
    """
    confidence = np.asarray(confidences, float)
    correct = np.asarray(right, float)
    if confidence.shape != correct.shape or confidence.ndim != 1 or not confidence.size:
        raise ValueError("There must be one confidence for each answer, and at least one answer.")
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("A confidence is a number from 0 to 1.")
    edges = np.linspace(0, 1, bins + 1)
    place = np.digitize(confidence, edges[1:-1], right=True)
    surplus = np.bincount(place, weights=correct - confidence, minlength=bins)
    return float(np.abs(surplus).sum() / confidence.size)
