"""Batches hold each row and each observation exactly once, and no more than memory takes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.recommendations.factorization import batches as module
from backends.recommendations.factorization.batches import batches
from backends.recommendations.factorization.observations import Observations
from tests.backends.recommendations.factorization.made_up import any_observations, observed


def by_user(observations: Observations):
    shape = (observations.user_count, observations.item_count)
    return batches(observations.users, observations.items, *shape)


def check(observations: Observations, found):
    """Each row once, each observation once, in its row and with its column."""
    assert sorted(np.concatenate([batch.rows for batch in found])) == list(
        range(observations.user_count)
    )
    entries = []
    for batch in found:
        assert batch.columns.shape == batch.entries.shape
        for row, columns, places in zip(batch.rows, batch.columns, batch.entries, strict=True):
            there = places < len(observations)
            assert (places[~there] == len(observations)).all()
            assert (columns[~there] == observations.item_count).all()
            assert (observations.users[places[there]] == int(row)).all()
            assert (observations.items[places[there]] == columns[there].numpy()).all()
            entries += places[there].tolist()
    assert sorted(entries) == list(range(len(observations)))


@settings(deadline=None)
@given(any_observations(), st.sampled_from([1, 3, 10, 1 << 18]), st.sampled_from([1, 2, 4096]))
def test_each_observation_is_there_once(observations, most_entries, most_rows):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MOST_ENTRIES", most_entries)
        patch.setattr(module, "_MOST_ROWS", most_rows)
        found = by_user(observations)
    check(observations, found)
    for batch in found:
        assert len(batch.rows) == 1 or batch.entries.numel() <= most_entries
        assert len(batch.rows) <= most_rows


def test_without_observations_each_row_is_there():
    none = observed([], [], 5, 3)
    check(none, by_user(none))


def test_many_rows_with_little_are_not_solved_all_at_once():
    """A row's matrix takes more room than its few observations."""
    count = 20_000
    one_each = observed([(user, 0) for user in range(count)], np.ones(count), count, 1)
    found = by_user(one_each)
    assert max(len(batch.rows) for batch in found) <= 4096
    assert sum(len(batch.rows) for batch in found) == count


def test_padding_costs_no_more_than_the_observations():
    """One row with very many does not pad all others."""
    rows = [(0, item) for item in range(5000)]
    rows += [(user, item) for user in range(1, 3000) for item in range(user % 7)]
    skewed = observed(rows, np.ones(len(rows)), 3000, 5000)
    found = by_user(skewed)
    check(skewed, found)
    assert sum(batch.entries.numel() for batch in found) <= 2 * len(rows) + 3000
