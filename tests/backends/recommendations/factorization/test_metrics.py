"""NDCG and recall against other implementations."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from backends.recommendations.factorization.holdout import hold_out
from backends.recommendations.factorization.metrics import ranking_quality, rmse
from tests.backends.recommendations.factorization.made_up import features, observed, tastes


def by_other_means(users, items, seen, held, k):
    """NDCG by scikit-learn, recall by sorting; a user at a time, over what was not seen."""
    ndcg, recall = [], []
    for user in sorted(set(held.users.tolist())):
        open_items = np.setdiff1d(np.arange(items.shape[0]), seen.items[seen.users == user])
        wanted = set(held.items[held.users == user].tolist())
        scores = users[user] @ items[open_items].T
        true = np.isin(open_items, list(wanted)).astype(float)
        ndcg.append(ndcg_score([true], [scores], k=k) if len(open_items) > 1 else float(true[0]))
        ranked = sorted(range(len(open_items)), key=lambda at, by=scores: -by[at])
        recall.append(len(wanted & {int(open_items[at]) for at in ranked[:k]}) / len(wanted))
    return np.mean(ndcg), np.mean(recall), len(ndcg)


@settings(deadline=None)
@given(st.integers(0, 200), st.sampled_from([1, 3, 10, 100]))
def test_as_others_compute_it(seed, k):
    seen, held = hold_out(tastes(seed, users=15, items=12), 0.4, seed)
    assume(len(held))
    users, items = features(seed, 15, 4), features(seed + 1, 12, 4)
    found = ranking_quality(users, items, seen, held, k)
    ndcg, recall, count = by_other_means(users, items, seen, held, k)
    assert (found.ndcg, found.recall) == pytest.approx((ndcg, recall), abs=1e-6)
    assert found.users == count


def test_a_perfect_and_the_worst_ranking():
    held = observed([(0, 1), (0, 2), (1, 3)], [1, 1, 1], 2, 30)
    seen = observed([(0, 0)], [1], 2, 30)
    items = np.eye(30, dtype=np.float32)
    best = np.zeros((2, 30), np.float32)
    best[held.users, held.items] = 1
    best[0, 0] = 9  # seen, so it takes nobody's place
    perfect = ranking_quality(best, items, seen, held)
    assert (perfect.ndcg, perfect.recall, perfect.users) == (1.0, 1.0, 2)
    worst = ranking_quality(-best, items, seen, held)
    assert (worst.ndcg, worst.recall) == (0.0, 0.0)


def test_more_users_than_are_ranked_at_once():
    """The chunks join: each user counts once, whichever chunk they are in."""
    count = 2500
    held = observed([(user, user % 2) for user in range(count)], np.ones(count), count, 3)
    users = np.tile(np.float32([3, 2, 1]), (count, 1))
    found = ranking_quality(users, np.eye(3, dtype=np.float32), observed([], [], count, 3), held, 1)
    assert found.users == count
    assert found.recall == pytest.approx(0.5)


def test_nothing_held_out():
    none = observed([], [], 2, 3)
    found = ranking_quality(features(1, 2, 2), features(2, 3, 2), none, none)
    assert (found.ndcg, found.recall, found.users) == (0.0, 0.0, 0)


def test_rmse():
    assert rmse(np.float32([1, 2, 5]), np.float32([1, 4, 4])) == pytest.approx((5 / 3) ** 0.5)
