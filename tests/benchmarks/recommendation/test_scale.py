import math

import numpy as np

from benchmarks.recommendation.made_up import purchases
from benchmarks.recommendation.own_process import in_own_process
from benchmarks.recommendation.scale import train_and_serve


def test_made_up_customers_take_some_things_each_once_and_the_popular_more():
    taken = purchases(customers=500, items=200, each=10, seed=1)
    assert 6 < len(taken) / 500 <= 10
    counts = np.sort(taken.item_counts())[::-1]
    assert counts[:20].sum() > 2 * counts[-20:].sum()


def test_a_small_shop_is_trained_and_served_in_a_process_of_its_own():
    figures, peak = in_own_process(train_and_serve, 310, 50, 8, 1)
    assert all(math.isfinite(value) and value >= 0 for value in figures.values())
    assert peak > figures["memory of training"]
