"""What is held out: a share of each user who has enough, by the seed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.recommendations.factorization.holdout import hold_out
from tests.backends.recommendations.factorization.made_up import any_observations, tastes

SHARES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0])


def triples(observations):
    return set(
        zip(
            observations.users.tolist(),
            observations.items.tolist(),
            observations.values.tolist(),
            strict=True,
        )
    )


@settings(deadline=None)
@given(any_observations(most=12), SHARES, st.integers(0, 5))
def test_a_share_of_each_user_with_five_and_nothing_lost(observations, share, seed):
    seen, held = hold_out(observations, share, seed)
    assert triples(seen) | triples(held) == triples(observations)
    assert len(seen) + len(held) == len(observations)
    for all_of, taken in zip(observations.user_counts(), held.user_counts(), strict=True):
        assert taken == (max(int(all_of * share), 1) if all_of >= 5 else 0)


def test_the_seed_decides_and_the_order_of_users_does_not_show():
    observations = tastes(1)
    first, again, other = (hold_out(observations, 0.3, seed)[1] for seed in (1, 1, 2))
    assert triples(first) == triples(again)
    assert triples(first) != triples(other)


def test_all_of_a_user_have_the_same_chance():
    observations = tastes(2, users=3, items=20)
    times = np.zeros(len(observations))
    for seed in range(400):
        held = triples(hold_out(observations, 0.25, seed)[1])
        pairs = zip(observations.users, observations.items, observations.values, strict=True)
        times += [pair in held for pair in pairs]
    shares = times / 400
    expected = hold_out(observations, 0.25, 0)[1].user_counts() / observations.user_counts()
    # Five standard deviations of a share of 400 draws.
    assert np.abs(shares - expected[observations.users]).max() < 5 * np.sqrt(0.25 / 400)
