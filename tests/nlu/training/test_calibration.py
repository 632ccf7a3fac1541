"""Folds and temperatures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss as oracle

from xiaoer.nlu.heads import softmax
from xiaoer.nlu.training.calibration import (
    alike,
    clustered_folds,
    folds,
    log_loss,
    temperature,
)


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


def test_few_examples_that_are_all_right_are_outweighed_by_what_is_expected() -> None:
    labels = np.arange(12) % 3
    scores = 8 * np.eye(3, dtype=np.float32)[labels]
    assert temperature(scores, labels) < 0.7
    assert temperature(scores, labels, 1.5) == pytest.approx(1.5, rel=0.1)


def test_many_examples_outweigh_what_is_expected() -> None:
    assert temperature(*sampled(3.0), expected=1.0) == pytest.approx(3.0, rel=0.1)


def test_look_alikes_are_held_out_together() -> None:
    random = np.random.default_rng(2)
    labels = np.repeat([0, 1, 2], 16)
    pairs = np.repeat(random.normal(0, 1, (24, 12)), 2, axis=0)
    features = (pairs + random.normal(0, 0.01, pairs.shape)).astype(np.float32)
    found = clustered_folds(features, labels, 4, 0)
    assert np.array_equal(found[::2], found[1::2])
    for label in range(3):
        assert np.bincount(found[labels == label], minlength=4).tolist() == [4, 4, 4, 4]
    by_chance = folds(labels, 4, 0)
    assert not np.array_equal(by_chance[::2], by_chance[1::2])


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(2, 6), st.integers(0, 3))
def test_clustered_folds_hold_each_example_out_once(
    labels: list[int], count: int, seed: int
) -> None:
    array = np.array(labels, np.int64)
    features = np.random.default_rng(seed).normal(0, 1, (len(array), 4)).astype(np.float32)
    features[::7] = 0
    found = clustered_folds(features, array, count, seed)
    assert np.array_equal(found, clustered_folds(features, array, count, seed))
    for label in set(labels):
        parts = found[array == label]
        if len(parts) == 1:
            assert parts[0] == -1
        else:
            assert ((parts >= 0) & (parts < count)).all()
            assert len(set(parts)) == min(len(parts), count)


def test_rows_that_are_alike_share_a_group() -> None:
    random = np.random.default_rng(4)
    kinds = random.permutation(np.repeat(np.arange(3), 4))
    rows = 5 * np.eye(3, 10)[kinds] + random.normal(0, 0.3, (12, 10))
    found = alike(rows.astype(np.float32), 3)
    assert sorted(np.bincount(found)) == [4, 4, 4]
    assert all(len(set(found[kinds == kind])) == 1 for kind in range(3))
