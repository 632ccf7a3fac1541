"""All layers learn where that does not take too long."""

import pytest

from xiaoer.nlu.training.extent import (
    HIDDEN,
    LARGE,
    LARGE_WITH_ENTITIES,
    MOST_PASSES,
    SMALL,
    SMALL_PASSES,
    TEXTS_TO_SEE,
    UPPER,
    WITH_ENTITIES,
    extent_for,
    passes_for,
)


@pytest.mark.parametrize(
    ("texts", "length", "entities", "seconds", "wanted"),
    [
        (0, 0, False, 0, (8, SMALL_PASSES)),
        (SMALL // 10 - 1, 10, False, 0, (8, SMALL_PASSES)),
        (SMALL // 10 - 1, 10, True, 0, (8, SMALL_PASSES)),
        (SMALL // 10, 10, False, 0, (12, MOST_PASSES)),
        (10_000, 12, False, 0, (12, 4)),
        (10_000, 12, True, 0, (12, MOST_PASSES)),
        (10_000, LARGE // TEXTS_TO_SEE + 1, False, 0, (UPPER, 4)),
        (10_000, LARGE_WITH_ENTITIES // WITH_ENTITIES, True, 0, (12, MOST_PASSES)),
        (10_000, LARGE_WITH_ENTITIES // WITH_ENTITIES + 1, True, 0, (UPPER, MOST_PASSES)),
        (50_000, 45, False, 0, (UPPER, 1)),
        (10_000, 12, False, 60, (UPPER, 4)),
        (100, 10, False, 60, (UPPER, MOST_PASSES)),
    ],
)
def test_layers_and_passes(
    texts: int, length: int, entities: bool, seconds: float, wanted: tuple
) -> None:
    assert extent_for(12, HIDDEN, [length] * texts, entities, seconds) == wanted


@pytest.mark.parametrize("texts", [10, 1_000, 100_000])
def test_a_small_encoder_has_no_more_layers_than_it_has(texts: int) -> None:
    assert extent_for(2, HIDDEN, [10] * texts, False, 0).layers == 2


def test_a_wide_encoder_takes_longer() -> None:
    lengths = [12] * 8_000
    assert extent_for(12, HIDDEN, lengths, False, 0).layers == 12
    assert extent_for(12, 2 * HIDDEN, lengths, False, 0).layers == UPPER


def test_going_on_takes_a_fraction_of_the_passes() -> None:
    assert [passes_for(100, False, part) for part in (1.0, 0.25, 0.01)] == [10, 2, 1]
    assert [passes_for(20_000, True, part) for part in (1.0, 0.25, 0.01)] == [5, 1, 1]


def test_many_texts_are_gone_over_less_often() -> None:
    assert [passes_for(texts, False) for texts in (0, 10, 4_000)] == [MOST_PASSES] * 3
    assert [passes_for(texts, False) for texts in (8_000, 13_000, 20_000, 10**6)] == [5, 3, 2, 1]


def test_entities_are_gone_over_more_often() -> None:
    assert [passes_for(texts, True) for texts in (0, 10_000, 13_000, 10**6)] == [10, 10, 8, 1]
