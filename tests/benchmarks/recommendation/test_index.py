import numpy as np
import pytest

from benchmarks.recommendation.index import search_in
from benchmarks.recommendation.index_peers import PEERS
from benchmarks.recommendation.made_up import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_all_kinds_of_items_are_searched_and_judged(kind):
    run = search_in(kind, items=4_000, customers=25, seed=3, peers=True)
    assert run["index"]["recall"] == run["among few"]["recall"] == 1
    assert set(run["peers"]) == set(PEERS)
    for peer in run["peers"].values():
        assert 0.5 < peer["recall"] <= 1
        assert len(peer["milliseconds"]) == 25


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_factors(kind):
    one, same, other = (KINDS[kind](200, 5, seed) for seed in (1, 1, 2))
    for name in ("items", "biases", "customers"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
        assert getattr(one, name).dtype == np.float32
        assert np.any(getattr(one, name) != getattr(other, name))


def test_clustered_items_have_a_spectrum_that_decays_and_normal_ones_none():
    spread = {
        kind: np.linalg.svd(make(5_000, 1, 1).items, compute_uv=False)
        for kind, make in KINDS.items()
    }
    assert spread["clustered"][0] > 4 * spread["clustered"][-1]
    assert spread["normal"][0] < 1.5 * spread["normal"][-1]
