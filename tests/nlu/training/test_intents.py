"""Logistic regression beside scikit-learn's, and what unknown intents do to confidence."""

import numpy as np
import pytest
from scipy.sparse import hstack
from sklearn.linear_model import LogisticRegression

from xiaoer.nlu.training import intents
from xiaoer.nlu.training.intents import fit_intents
from xiaoer.nlu.training.states import UNLABELLED, States

LABELS = [f"intent_{number}" for number in range(8)]


def worded(told_by_rare: bool) -> States:
    """Texts of six subwords: one of a rare word of their intent, or a common one that tells it.

    The state of the subword that tells the intent is the centre of its intent; the others' are
    noise that is louder than it.
    """
    random = np.random.default_rng(5)
    centres = random.normal(0, 1, (len(LABELS), 24))
    numbers = np.repeat(np.arange(len(LABELS)), 20)
    ids = random.integers(0, 4, (len(numbers), 6))
    other = 100 + random.integers(0, 500, len(numbers))
    ids[:, 3] = np.where(told_by_rare, 10 + numbers, 0)
    ids[:, 4] = np.where(told_by_rare, 0, other)
    upper = random.normal(0, 3, (*ids.shape, 24))
    upper[:, 3] = centres[numbers]
    return States(
        [""] * len(numbers),
        np.zeros((ids.size, 24), np.float16),
        upper.reshape(-1, 24).astype(np.float16),
        np.arange(len(numbers) + 1) * 6,
        upper.mean(1).astype(np.float32),
        np.full(ids.size, UNLABELLED),
        numbers,
        ids.ravel(),
    )


def states(per_intent: int = 20, seed: int = 1) -> States:
    """Clouds of vectors, with a word for each intent in its texts."""
    random = np.random.default_rng(seed)
    centres = random.normal(0, 1, (len(LABELS), 24))
    numbers = np.repeat(np.arange(len(LABELS)), per_intent)
    vectors = centres[numbers] + random.normal(0, 0.8, (len(numbers), 24))
    words = ["parcel", "refund", "退货", "手机", "coupon", "invoice", "尺码", "opening"]
    texts = [f"{words[at]} {random.integers(1000)}" for at in numbers]
    nothing = np.zeros((0, 24), np.float16)
    return States(
        texts,
        nothing,
        nothing,
        np.zeros(len(numbers) + 1, np.int64),
        vectors.astype(np.float32),
        np.zeros(0, np.int64),
        numbers,
    )


def everything(given: States) -> np.ndarray:
    return np.arange(len(given.intents))


@pytest.mark.parametrize("ngrams", [True, False])
def test_the_same_as_scikit_learn(ngrams: bool) -> None:
    given = states()
    head, _ = fit_intents(given, everything(given), LABELS, 0.01, 0, ngrams)
    dense = head.scaling(given.vectors)
    features = hstack([dense, head.ngrams(given.texts)]).tocsr() if ngrams else dense
    oracle = LogisticRegression(C=100, max_iter=2000, tol=1e-8).fit(features, given.intents)
    expected = oracle.predict_proba(features)
    head.temperature, head.familiarity = 1.0, None
    assert np.abs(head.probabilities(given.vectors, given.texts) - expected).max() < 0.02


def test_held_out_confidences_are_right_on_average() -> None:
    given, fresh = states(30), states(60, seed=1)
    head, accuracy = fit_intents(given, everything(given), LABELS, 0.01, 0)
    found = head.probabilities(fresh.vectors, fresh.texts)
    right = found.argmax(1) == fresh.intents
    assert accuracy == pytest.approx(right.mean(), abs=0.08)
    assert found.max(1).mean() == pytest.approx(right.mean(), abs=0.08)


def test_a_message_of_no_intent_gets_less() -> None:
    given = states(30)
    head, _ = fit_intents(given, everything(given), LABELS, 0.01, 0)
    random = np.random.default_rng(9)
    strange = random.normal(0, 1, (200, 24)).astype(np.float32)
    texts = ["qwertz"] * 200
    unknown = head.probabilities(strange, texts).max(1)
    known = head.probabilities(given.vectors, given.texts).max(1)
    assert head.familiarity is not None
    assert unknown.mean() < known.mean() - 0.3
    head.familiarity = None
    assert unknown.mean() < head.probabilities(strange, texts).max(1).mean()


def test_unlabelled_texts_and_those_outside_teach_nothing() -> None:
    given = states()
    within = everything(given)[::2]
    head, _ = fit_intents(given, within, LABELS, 0.01, 0)
    changed = states()
    changed.vectors[1::2] += 5
    changed.intents[2] = UNLABELLED
    also = within[within != 2]
    other, _ = fit_intents(changed, within, LABELS, 0.01, 0)
    same, _ = fit_intents(given, also, LABELS, 0.01, 0)
    assert np.allclose(other.weight, same.weight)
    assert not np.allclose(head.weight, other.weight)


def test_few_examples_are_fitted_as_many_are(monkeypatch) -> None:
    given = states()
    few, _ = fit_intents(given, everything(given), LABELS, 0.01, 0)
    monkeypatch.setattr(intents, "FEW", 0)
    many, _ = fit_intents(given, everything(given), LABELS, 0.01, 0)
    fresh = states(10, seed=4)
    found = few.scores(fresh.vectors, fresh.texts), many.scores(fresh.vectors, fresh.texts)
    assert np.abs(found[0] - found[1]).max() < 0.05 * np.abs(found[0]).max()


def test_too_few_to_hold_out() -> None:
    given = states(1)
    head, accuracy = fit_intents(given, everything(given), LABELS, 0.01, 0)
    assert accuracy is None
    assert head.familiarity is None
    assert head.temperature == 1


def test_rare_subwords_weigh_more_where_that_tells_intents_apart() -> None:
    given = worded(told_by_rare=True)
    head, accuracy = fit_intents(given, everything(given), LABELS, 0.01, 0)
    given.ids = None
    plain, by_mean = fit_intents(given, everything(given), LABELS, 0.01, 0)
    assert head.rarity is not None
    assert plain.rarity is None
    assert accuracy > by_mean + 0.2


def test_subwords_count_alike_where_rare_ones_tell_nothing() -> None:
    given = worded(told_by_rare=False)
    head, _ = fit_intents(given, everything(given), LABELS, 0.01, 0)
    assert head.rarity is None
