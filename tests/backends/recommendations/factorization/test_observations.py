"""Pairs that do not fit are refused before anything is learned from them."""

import numpy as np
import pytest
from hypothesis import given, settings

from backends.recommendations.factorization.observations import Observations
from tests.backends.recommendations.factorization.made_up import any_observations, observed

PAIRS = [(0, 1), (2, 0), (2, 1)]


@pytest.mark.parametrize(
    ("pairs", "values", "why"),
    [
        (PAIRS, [1, 2], "one length"),
        (PAIRS, [1, np.nan, 2], "finite"),
        (PAIRS, [1, np.inf, 2], "finite"),
        ([(0, 1), (3, 0)], [1, 2], r"0\.\.2"),
        ([(0, 1), (0, 2)], [1, 2], r"0\.\.1"),
        ([(0, 1), (-1, 0)], [1, 2], r"0\.\.2"),
        ([(0, 1), (2, 0), (0, 1)], [1, 2, 3], "twice"),
    ],
)
def test_what_does_not_fit_is_refused(pairs, values, why):
    with pytest.raises(ValueError, match=why):
        observed(pairs, values, 3, 2)


def test_none_at_all_are_allowed():
    none = observed([], [], 3, 2)
    assert len(none) == 0
    assert none.item_counts().tolist() == [0, 0]
    assert none.user_counts().tolist() == [0, 0, 0]


@settings(deadline=None)
@given(any_observations())
def test_counts_and_parts(observations: Observations):
    assert len(observations.user_counts()) == observations.user_count
    assert len(observations.item_counts()) == observations.item_count
    for user, count in enumerate(observations.user_counts()):
        assert count == sum(observations.users == user)
    for item, count in enumerate(observations.item_counts()):
        assert count == sum(observations.items == item)
    odd = observations.values % 2 == 1
    parts = [observations.take(odd), observations.take(np.flatnonzero(~odd))]
    assert sum(map(len, parts)) == len(observations)
    assert (parts[0].values % 2 == 1).all()
    assert {part.user_count for part in parts} == {observations.user_count}
