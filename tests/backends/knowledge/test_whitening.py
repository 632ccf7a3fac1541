"""Whitening on clusters made up so that what tells them apart is the smaller part."""

import numpy as np
import pytest

from backends.knowledge.whitening import Whitening, means, normalised

CLUSTERS, EACH, WIDTH = 12, 30, 16


@pytest.fixture(scope="module")
def made_up():
    """(n, WIDTH) vectors in a narrow cone, (n,) labels, and pairs that differ in one direction.

    The first coordinate, the language, and the second, noise, are large and say nothing.
    """
    random = np.random.default_rng(1)
    labels = np.repeat(np.arange(CLUSTERS), EACH)
    centres = np.zeros((CLUSTERS, WIDTH))
    centres[:, 2:] = 0.5 * random.normal(size=(CLUSTERS, WIDTH - 2))
    vectors = 4 + centres[labels] + 0.1 * random.normal(size=(len(labels), WIDTH))
    vectors[:, 0] += np.where(np.arange(len(labels)) % 2, 3.0, -3.0)
    vectors[:, 1] += 4 * random.normal(size=len(labels))
    topics = 4 + random.normal(size=(40, 1, WIDTH)) * np.r_[0.0, 1.0, np.full(WIDTH - 2, 0.5)]
    pairs = np.repeat(topics, 2, axis=1)
    pairs[:, 0, 0] -= 3
    pairs[:, 1, 0] += 3
    background = pairs.reshape(-1, WIDTH)
    return normalised(vectors).astype(np.float32), labels, normalised(background).astype(np.float32)


def wrong(vectors, labels):
    """The share of vectors whose nearest mean is that of another cluster."""
    nearest = (vectors @ means(vectors, labels, CLUSTERS).T).argmax(1)
    return (nearest != labels).mean()


def test_clusters_lie_apart_after_it(made_up):
    vectors, labels, background = made_up
    white = Whitening(vectors, labels, background).apply(vectors)
    np.testing.assert_allclose(np.linalg.norm(white, axis=1), 1, atol=1e-5)
    assert wrong(vectors, labels) > 0.3
    assert wrong(white, labels) < 0.02
    same = labels[:, None] == labels[None]
    cosines = white @ white.T
    assert cosines[same].mean() > 0.5
    assert abs(cosines[~same].mean()) < 0.1


def test_vectors_that_were_not_seen_are_served_too(made_up):
    vectors, labels, background = made_up
    seen = np.arange(len(labels)) % 3 > 0
    whitening = Whitening(vectors[seen], labels[seen], background)
    centres = means(whitening.apply(vectors[seen]), labels[seen], CLUSTERS)
    nearest = (whitening.apply(vectors[~seen]) @ centres.T).argmax(1)
    assert (nearest == labels[~seen]).mean() > 0.95


def test_pairs_of_the_background_bring_the_languages_together(made_up):
    vectors, _, background = made_up
    # One text for each article, in one language: only the background tells what a language is.
    alone = Whitening(vectors[::EACH], np.arange(CLUSTERS), background)

    def paired(some):
        """Say how many texts have their own translation as the nearest of all others."""
        cosines = normalised(some) @ normalised(some).T - 2 * np.eye(len(some))
        return (cosines.argmax(1) == np.arange(len(some)) ^ 1).mean()

    assert paired(background - background.mean(0)) < 0.1
    assert paired(alone.apply(background)) > 0.7


def test_one_text_and_equal_texts_are_no_division_by_zero(made_up):
    vectors, _, background = made_up
    for some in (vectors[:1], np.repeat(vectors[:1], 3, axis=0)):
        labels = np.zeros(len(some), dtype=np.int64)
        assert np.isfinite(Whitening(some, labels, background).apply(some)).all()
    same = np.ones((4, WIDTH), np.float32)
    assert np.isfinite(Whitening(same, np.zeros(4, np.int64), same).apply(same)).all()


def test_a_class_without_rows_has_no_direction():
    rows = np.eye(2, dtype=np.float32)
    np.testing.assert_allclose(
        means(rows, np.array([2, 2]), 3), [[0, 0], [0, 0], [0.5**0.5] * 2], atol=1e-6
    )
