"""Customers like others: those who share tastes are found, and the reasons hold."""

import asyncio
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backends.catalog.snapshot import read_snapshot
from backends.customers.profiles.features import compute, feature_names
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import read_histories
from backends.customers.profiles.sample import Sample
from backends.customers.profiles.store import Kept
from backends.customers.profiles.text_space import TextSpace
from backends.customers.profiles.vectorizer import Vectorizer
from backends.customers.segments.similarity import BOUGHT, WRITTEN, Layout, layout_of, similar
from backends.db import Database, now
from backends.orders.models import Customer
from backends.seed.customers import make_people
from backends.seed.history import CUSTOMERS
from backends.seed.material import Demo, People, read
from backends.seed.run import NUMBER
from backends.seed.wares import read_wares
from backends.settings import Settings

EMPTY = TextSpace(np.zeros((2, 0), np.float32), np.zeros((0, 0), np.float32))
LAYOUT = Layout(("a", "b"), np.ones(2), 2, 3)


@pytest.fixture(scope="module")
def seeded(seeded_database):
    """The seeded customers as vectors, the layout, and the tastes they were invented with."""

    async def load():
        shop = Database(f"sqlite+aiosqlite:///{seeded_database}")
        try:
            async with shop.read() as session:
                ids = (await session.execute(select(Customer.id))).scalars()
                histories = await read_histories(session, ids)
                return await read_snapshot(session), histories, await read_wares(session)
        finally:
            await shop.close()

    snapshot, histories, wares = asyncio.run(load())
    goods, moment = Goods(snapshot), now()
    samples = [Sample(compute(one, goods, moment)) for one in histories]
    space = Vectorizer.fit(feature_names(goods.categories), samples, EMPTY, EMPTY)
    kept = [
        Kept(one.customer, dict(sample.features), space.transform(sample).vector, "m")
        for one, sample in zip(histories, samples, strict=True)
    ]
    folder = Settings().shop_data
    persons = make_people(
        CUSTOMERS, read(folder, "demo_orders.yml", Demo), read(folder, "people.yml", People),
        wares, moment, Random(f"{NUMBER}:people"),
    )  # fmt: skip
    return kept, layout_of(space), {one.id: set(one.taste) for one in persons}


def test_customers_who_share_a_taste_are_found(seeded):
    """Of the 20 nearest to 20 of one taste, four times as many have it as of all the others."""
    kept, layout, tastes = seeded
    found, base = [], []
    for category in sorted({one for taste in tastes.values() for one in taste}):
        having = [one.customer for one in kept if category in tastes[one.customer]]
        given_ones = having[:20]
        others = [one.customer for one in kept if one.customer not in given_ones]
        nearest = similar(kept, given_ones, layout, 20)
        assert not {one.customer for one in nearest} & set(given_ones)
        found.append(np.mean([category in tastes[one.customer] for one in nearest]))
        base.append(np.mean([category in tastes[one] for one in others]))
    assert np.mean(found) > 4 * np.mean(base)


def test_the_reasons_are_what_the_group_and_the_customer_share(seeded):
    kept, layout, tastes = seeded
    group = [one.customer for one in kept if "shoes" in tastes[one.customer]][:20]
    best = similar(kept, group, layout, 1)[0]
    assert {"bought_share.shoes", "looked_share.shoes"} & {each.name for each in best.reasons}
    values = next(one.values for one in kept if one.customer == best.customer)
    for each in best.reasons:
        assert each.value == values.get(each.name)
        assert 0 < each.share <= 1


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
@settings(deadline=None)
def test_the_ranking_is_that_of_the_cosine_to_the_mean_of_unit_vectors(seed, limit):
    dice = np.random.default_rng(seed)
    kept = [Kept(f"C{at}", {"a": 1.0}, dice.normal(size=7), "m") for at in range(25)]
    group = {"C0", "C3"}
    found = similar(kept, group, LAYOUT, limit)
    units = {one.customer: one.vector / np.linalg.norm(one.vector) for one in kept}
    mean = sum(units[name] for name in group)
    mean /= np.linalg.norm(mean)
    expected = {name: float(unit @ mean) for name, unit in units.items() if name not in group}
    best = sorted(
        (name for name in expected if expected[name] > 0), key=lambda name: -expected[name]
    )
    assert [one.customer for one in found] == best[:limit]
    for one in found:
        assert one.similarity == pytest.approx(expected[one.customer])
        assert [each.share for each in one.reasons] == sorted(
            (each.share for each in one.reasons), reverse=True
        )
        assert sum(each.share for each in one.reasons) <= 1 + 1e-9


def test_texts_are_one_reason_each():
    alike = np.array([0.0, 0, 1, 1, 2, 2, 2])
    kept = [Kept("C0", {}, alike, "m"), Kept("C1", {}, alike, "m")]
    found = similar(kept, {"C0"}, LAYOUT, 5)[0]
    assert found.similarity == pytest.approx(1)
    assert {each.name: each.value for each in found.reasons} == {WRITTEN: None, BOUGHT: None}


def test_average_customers_are_like_nobody():
    nobody = np.zeros(7)
    assert (
        similar([Kept("C0", {}, nobody, "m"), Kept("C1", {}, nobody, "m")], {"C0"}, LAYOUT, 5) == []
    )
