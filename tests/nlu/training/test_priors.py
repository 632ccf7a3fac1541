"""Intents with many examples are not favoured as much as their numbers say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.nlu.training.intents import fit_intents
from xiaoer.nlu.training.priors import STRENGTH, advantages
from xiaoer.nlu.training.states import UNLABELLED, States


def states(intents: np.ndarray) -> States:
    """Texts that all look the same: nothing but the numbers of examples tells intents apart."""
    nothing = np.zeros((0, 8), np.float16)
    return States(
        [""] * len(intents),
        nothing,
        nothing,
        np.zeros(len(intents) + 1, np.int64),
        np.zeros((len(intents), 8), np.float32),
        np.zeros(0, np.int64),
        intents,
    )


def test_what_is_learned_from_numbers_alone() -> None:
    numbers = np.array([180, 20])
    intents = np.repeat([0, 1], numbers)

    head, _ = fit_intents(states(intents), np.arange(200), ["often", "rare"], 0.01, 0, False)

    head.temperature, head.familiarity = 1.0, None
    shares = numbers ** (1 - STRENGTH)
    found = head.probabilities(np.zeros((1, 8), np.float32))[0]
    np.testing.assert_allclose(found, shares / shares.sum(), atol=0.005)


def test_those_without_an_intent_and_intents_without_examples_count_nothing() -> None:
    found = advantages(np.array([0, 0, 2, 2, UNLABELLED, UNLABELLED, UNLABELLED]), 4)

    np.testing.assert_array_equal(found, 0)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=20))
def test_the_more_examples_the_more_is_taken_away_again(numbers: list[int]) -> None:
    found = advantages(np.repeat(np.arange(len(numbers)), numbers), len(numbers))

    apart = found - found[0]
    np.testing.assert_allclose(apart, STRENGTH * np.log(np.array(numbers) / numbers[0]), atol=1e-5)
