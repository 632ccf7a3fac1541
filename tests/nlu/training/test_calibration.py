"""Folds and temperatures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss as oracle

from xiaoer.nlu.heads import softmax
from xiaoer.nlu.training.calibration import folds, log_loss, temperature


def sampled(spread: float, size: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and labels drawn from the probabilities these stand for."""
    random = np.random.default_rng(5)
    scores = random.normal(0, 2, (size, 6)).astype(np.float32)
    labels = np.array([random.choice(6, p=row / row.sum()) for row in softmax(scores)])
    return scores * spread, labels


@pytest.mark.parametrize("spread", [0.5, 1.0, 3.0])
def test_temperature_undoes_what_sharpened_the_scores(spread: float) -> None:
    assert temperature(*sampled(spread)) == pytest.approx(spread, rel=0.08)


def test_log_loss_is_scikit_learns() -> None:
    scores, labels = sampled(1.0, 300)
    expected = oracle(labels, softmax(scores.astype(np.float64)), labels=range(6))
    assert log_loss(scores, labels) == pytest.approx(expected, rel=1e-4)


def test_too_little_says_nothing() -> None:
    scores, labels = sampled(3.0, 9)
    assert temperature(scores, labels) == 1.0
    assert temperature(np.ones((50, 1), np.float32), np.zeros(50, np.int64)) == 1.0


@given(st.lists(st.integers(0, 5), max_size=80), st.integers(2, 10), st.integers(0, 3))
def test_folds_share_every_label_evenly(labels: list[int], count: int, seed: int) -> None:
    array = np.array(labels, np.int64)
    found = folds(array, count, seed)
    assert np.array_equal(found, folds(array, count, seed))
    for label in set(labels):
        parts = found[array == label]
        if len(parts) == 1:
            assert parts[0] == -1
        else:
            sizes = np.bincount(parts, minlength=count)
            assert sizes.max() - sizes.min() <= 1
