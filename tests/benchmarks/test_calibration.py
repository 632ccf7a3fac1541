"""The expected calibration error counts as its source says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from benchmarks.calibration import expected_calibration_error

answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(answers)
def test_it_is_that_of_scikit_learns_calibration_curve(pairs: list[tuple[float, bool]]) -> None:
    confidences = np.array([confidence for confidence, _ in pairs])
    right = np.array([correct for _, correct in pairs])
    bins = 15
    share, mean = calibration_curve(right, confidences, n_bins=bins)
    # calibration_curve gives no counts; its bins are those of its own source.
    place = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidences)
    counts = np.bincount(place, minlength=bins)
    weights = counts[counts > 0] / len(pairs)

    found = expected_calibration_error(confidences.tolist(), right.tolist(), bins)

    assert found == pytest.approx(float((weights * np.abs(share - mean)).sum()), abs=1e-9)


@given(answers)
def test_one_bin_compares_accuracy_and_mean_confidence(pairs: list[tuple[float, bool]]) -> None:
    confidences, right = zip(*pairs, strict=True)
    expected = abs(np.mean(right) - np.mean(confidences))

    assert expected_calibration_error(confidences, right, 1) == pytest.approx(expected, abs=1e-9)


def test_sure_and_right_is_no_error_and_sure_and_wrong_a_whole_one() -> None:
    assert expected_calibration_error([1.0, 1.0], [True, True]) == 0
    assert expected_calibration_error([1.0, 1.0], [False, False]) == 1


def test_errors_of_two_bins_do_not_cancel_out() -> None:
    assert expected_calibration_error([0.9, 0.1], [False, True]) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("confidences", "right"), [([], []), ([0.5], [True, False]), ([1.5], [True])]
)
def test_what_cannot_be_counted_is_refused(confidences: list[float], right: list[bool]) -> None:
    with pytest.raises(ValueError, match="confidence"):
        expected_calibration_error(confidences, right)
