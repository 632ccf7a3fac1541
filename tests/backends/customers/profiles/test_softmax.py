"""The classifier: probabilities that are right, whatever classes the parts of the data hold."""

import numpy as np
import pytest

from backends.customers.profiles.figures import figures
from backends.customers.profiles.softmax import FITS, learn

NOTHING = (np.zeros((0, 6)), np.zeros(0, np.int64))


def drawn(n, seed=1):
    """Rows, classes drawn by a known softmax, and its probabilities."""
    dice = np.random.default_rng(seed)
    weights = np.array([[2.0, 0, 0, 0, 0, 0], [0, 2.0, 0, 0, 0, 0], [-1.0, -1.0, 0, 0, 0, 0]])
    x = dice.normal(size=(n, 6))
    shares = np.exp(x @ weights.T)
    shares /= shares.sum(1, keepdims=True)
    return x, np.array([dice.choice(3, p=row) for row in shares]), shares


def test_probabilities_come_near_the_true_ones():
    x, y, shares = drawn(800)
    steps = []
    learned = learn(x, y, *NOTHING, steps.append)
    assert np.abs(learned.model.probabilities(x) - shares).mean() < 0.04
    assert np.allclose(learned.model.probabilities(x).sum(1), 1)
    assert sum(steps) == FITS
    found = figures([(learned.held_out, y)])
    truth = -np.log(shares[np.arange(len(y)), y]).mean()
    assert found.customers == 800
    assert found.log_loss < truth + 0.05
    assert found.calibration_error < 0.06
    assert found.accuracy > found.majority + 0.15


def test_labels_that_mean_nothing_are_not_believed():
    x, _, _ = drawn(300)
    y = np.random.default_rng(3).integers(0, 2, 300)
    learned = learn(x, y, *NOTHING)
    assert np.abs(learned.model.probabilities(x) - 0.5).max() < 0.35
    assert figures([(learned.held_out, y)]).calibration_error < 0.12


def test_the_same_rows_give_the_same_model():
    x, y, _ = drawn(120)
    one, other = (learn(x, y, *NOTHING).model for _ in range(2))
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.bias, other.bias)


@pytest.mark.parametrize("counts", [(30, 1), (30, 30, 2), (0, 25, 25), (40,)])
def test_rare_and_missing_classes_do_no_harm(counts):
    y = np.repeat(np.arange(len(counts)), counts)
    x = np.random.default_rng(5).normal(size=(len(y), 6)) + y[:, None]
    extra_x, extra_y = np.eye(6)[: len(counts)], np.arange(len(counts))
    learned = learn(x, y, extra_x, extra_y)
    shares = learned.model.probabilities(x)
    assert shares.shape == (len(y), len(counts))
    assert np.isfinite(learned.held_out).all()
    assert (shares.argmax(1) == y).mean() > 0.6


def test_texts_alone_can_teach_a_tag():
    x = np.array([[2.0, 0, 0, 0, 0, 0]] * 5 + [[0, 2.0, 0, 0, 0, 0]] * 5)
    y = np.repeat([0, 1], 5)
    learned = learn(*NOTHING, x, y)
    assert (learned.model.probabilities(x).argmax(1) == y).all()
    assert figures([(learned.held_out, NOTHING[1])]) is None
