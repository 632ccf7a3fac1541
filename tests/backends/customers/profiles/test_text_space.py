"""Directions of texts: linear, standardised, and blind to the language."""

import numpy as np

from backends.customers.profiles.text_space import DIRECTIONS, TextSpace

DICE = np.random.default_rng(9)
VECTORS = DICE.normal(size=(60, 40)).astype(np.float32)
LANGUAGES = ["zh"] * 30 + ["en"] * 30


def test_each_direction_has_unit_variance():
    space = TextSpace.fit(VECTORS, LANGUAGES)
    assert space.size == DIRECTIONS
    assert np.allclose(space.project(VECTORS, LANGUAGES).std(0), 1, atol=1e-4)


def test_the_mean_of_texts_is_mapped_to_the_mean_of_their_images():
    space = TextSpace.fit(VECTORS, LANGUAGES)
    mean = space.project(VECTORS[:5].mean(0, keepdims=True), ["zh"])
    assert np.allclose(mean, space.project(VECTORS[:5], ["zh"] * 5).mean(0), atol=1e-4)


def test_the_language_is_no_direction():
    """A shift that all texts of a language share, however large, changes nothing."""
    shifted = VECTORS.copy()
    shifted[30:] += 100 * DICE.normal(size=40).astype(np.float32)
    one, other = TextSpace.fit(VECTORS, LANGUAGES), TextSpace.fit(shifted, LANGUAGES)
    assert np.allclose(
        one.project(VECTORS, LANGUAGES), other.project(shifted, LANGUAGES), atol=1e-2
    )


def test_few_texts_give_few_directions():
    space = TextSpace.fit(VECTORS[:3], ["en"] * 3)
    assert space.size == 2
    assert TextSpace.fit(np.ones((4, 8), np.float32), ["zh"] * 4).size == 0
