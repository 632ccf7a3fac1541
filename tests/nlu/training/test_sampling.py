"""A pass goes over what still teaches something, and expects of it what all texts would give."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.nlu.training.sampling import LEAST, MOST, LossSampling

TEXTS = np.arange(40)
losses = st.lists(st.floats(0, 20, width=32), min_size=40, max_size=40).map(np.float32)


def after(losses: np.ndarray, seed: int = 0) -> LossSampling:
    sampling = LossSampling(len(TEXTS), np.random.default_rng(seed))
    sampling.saw(TEXTS, losses)
    return sampling


def test_all_texts_are_drawn_while_nothing_is_known() -> None:
    drawn, weights = LossSampling(40, np.random.default_rng(0)).draw(TEXTS)
    assert np.array_equal(drawn, TEXTS)
    assert (weights == 1).all()


@settings(max_examples=100, deadline=None)
@given(losses, st.integers(0, 1000))
def test_what_is_worse_than_the_mean_is_always_drawn(losses: np.ndarray, seed: int) -> None:
    drawn, weights = after(losses, seed).draw(TEXTS)
    always = TEXTS[losses >= losses.mean()]
    assert set(always) <= set(drawn)
    assert (weights[np.isin(drawn, always)] == 1).all()
    assert (weights <= 1 / LEAST).all()
    assert (np.diff(drawn) > 0).all()


@settings(max_examples=10, deadline=None)
@given(losses)
def test_each_text_counts_once_in_the_long_run(losses: np.ndarray) -> None:
    sampling = after(losses)
    total, times = np.zeros(len(TEXTS)), 3000
    for _ in range(times):
        drawn, weights = sampling.draw(TEXTS)
        total[drawn] += weights
    # A chance of one half has a standard error of 0.018 in so many draws.
    assert np.abs(total / times - 1).max() < 0.1


def test_much_of_what_is_known_by_heart_is_left_out() -> None:
    losses = np.full(len(TEXTS), 1e-4, np.float32)
    losses[:4] = 2.0
    sampling = after(losses)
    assert np.mean([len(sampling.draw(TEXTS)[0]) for _ in range(500)]) < 4 + 36 * (LEAST + 0.05)


def test_texts_that_join_later_are_gone_over() -> None:
    sampling = LossSampling(40, np.random.default_rng(0))
    sampling.saw(TEXTS[:30], np.linspace(0.01, 1, 30, dtype=np.float32))
    drawn, _ = sampling.draw(TEXTS)
    assert set(range(30, 40)) <= set(drawn)


def test_of_many_texts_all_are_gone_over() -> None:
    texts = np.arange(MOST + 1)
    sampling = LossSampling(len(texts), np.random.default_rng(0))
    sampling.saw(texts, np.linspace(0, 1, len(texts), dtype=np.float32))
    drawn, weights = sampling.draw(texts)
    assert np.array_equal(drawn, texts)
    assert (weights == 1).all()


def test_texts_without_any_loss_are_all_gone_over() -> None:
    drawn, weights = after(np.zeros(40, np.float32)).draw(TEXTS)
    assert np.array_equal(drawn, TEXTS)
    assert (weights == 1).all()
