"""Messages of no known intent lose confidence, ordinary ones do not."""

import numpy as np
import pytest

from xiaoer.nlu.familiarity import Familiarity


@pytest.fixture
def scores() -> np.ndarray:
    random = np.random.default_rng(3)
    found = random.normal(0, 1, (500, 5)).astype(np.float32)
    found[:, 0] = random.normal(9, 2, 500)
    return found


def test_what_it_was_measured_on_loses_little(scores) -> None:
    fitted = Familiarity(0, 1, 1.5, 3.0).measured(scores)
    factors = fitted(scores)
    assert fitted.mean == pytest.approx(scores.max(1).mean())
    assert np.median(factors) == 1
    assert 0.9 < factors.mean() < 1


def test_a_low_score_is_strange(scores) -> None:
    fitted = Familiarity(0, 1, 1.5, 3.0).measured(scores)
    low, high = fitted(np.array([[1.0, 0, 0, 0, 0], [9.0, 0, 0, 0, 0]], np.float32))
    assert low < 0.2
    assert high == 1


def test_the_curve_moves_with_the_classifier(scores) -> None:
    curve = Familiarity(0, 1, 1.5, 3.0)
    one, other = curve.measured(scores), curve.measured(scores * 3)
    assert np.allclose(one(scores), other(scores * 3), atol=1e-4)


def test_the_deviation_goes_with_the_mean_where_few_messages_are_known(scores) -> None:
    fitted = Familiarity(0, 1, 1.5, 3.0).measured(scores)
    few = 3 * scores[:9]
    moved = fitted.stretched(few)
    assert moved.mean == pytest.approx(few.max(1).mean())
    assert moved.deviation == pytest.approx(fitted.deviation * moved.mean / fitted.mean)
    assert np.allclose(fitted.stretched(3 * scores)(3 * scores), fitted(scores), atol=1e-4)


def test_extreme_scores_are_no_accident() -> None:
    fitted = Familiarity(5, 1e-3, 50, 0.0)
    found = fitted(np.array([[1e30], [-1e30]], np.float32))
    assert found.tolist() == [1, 0]
