"""The numbers of a profile, and that nothing else can become one."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.catalog.snapshot import Item, Named, Snapshot
from backends.customers.profiles.features import BEHAVIOUR, compute, feature_names, is_feature
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import History, Line, Look, Message, Placed

NOW = datetime(2026, 6, 1, 4, tzinfo=timezone.utc)  # noon in the shop
CATEGORIES = ("shoes", "toys")


def item(name, category, price):
    both = {"zh": name, "en": name}
    return Item(
        id=name, brand=Named("b", both, ()), category=Named(category, both, ()), names=both,
        synonyms=(), summary=both, description=both, price=price, list_price=None, attributes=(),
        variants=(), size_guide=None, goes_with=(), released=date(2026, 1, 1), popularity=0.5,
        rating=None, rating_count=0, samples=(),
    )  # fmt: skip


ITEMS = (
    item("S1", "shoes", 100), item("S2", "shoes", 200), item("S3", "shoes", 300), item("T1", "toys", 50)
)  # fmt: skip
GOODS = Goods(
    Snapshot("1", ITEMS, {name: Named(name, {}, ()) for name in CATEGORIES}, {}, ()),
)


def order(days, *lines, cancelled=False, came_back=False):
    return Placed(
        NOW - timedelta(days=days), cancelled, came_back,
        [Line(product, price * 100, count) for product, price, count in lines],
    )  # fmt: skip


def look(days, product, kind="view"):
    return Look(kind, product, NOW - timedelta(days=days))


def test_the_numbers_of_a_customer():
    history = History(
        "C1",
        orders=[
            order(400, ("S1", 100, 1)),
            order(30, ("S3", 300, 1), ("T1", 50, 3), came_back=True),
            order(5, ("S1", 100, 1), cancelled=True),
        ],
        looks=[look(500, "S3"), look(2, "S1"), look(2, "S1", "cart"), look(1, "T1")],
        messages=[
            Message(1, "grr", "en", "negative", NOW),
            Message(2, "well", "en", None, NOW),
            Message(3, "ok", "en", "neutral", NOW),
        ],
        reads_messages=True,
    )
    found = compute(history, GOODS, NOW)
    assert found == pytest.approx(
        {
            "days_known": 500,
            "recency_days": 30,
            "seen_days": 1,
            "orders_per_year": 1,
            "orders_recent": 1,
            "spent_per_year": 450,
            "order_value": 275,
            "price_level": (1 / 6 + 5 / 6 + 0.5) / 3,
            "breadth": 2,
            "cancelled_share": 1 / 3,
            "came_back_share": 0.5,
            "looks_recent": 3,
            "looks_left_share": 0,
            "carts_left_share": 0,
            "hours.night": 0,
            "hours.morning": 0,
            "hours.afternoon": 1,
            "hours.evening": 0,
            "messages": 3,
            "sentiment": -0.5,
            "bought_share.shoes": 2 / 5,
            "bought_share.toys": 3 / 5,
            "looked_share.shoes": 3 / 4,
            "looked_share.toys": 1 / 4,
        }
    )


def test_of_somebody_unknown_only_counts_are_known():
    found = compute(History("C1"), GOODS, NOW)
    assert set(found) == {
        "orders_per_year", "orders_recent", "spent_per_year", "breadth", "looks_recent"
    }  # fmt: skip
    assert not any(found.values())
    assert not History("C1").known


def test_a_product_that_is_sold_no_more_counts_for_no_category():
    found = compute(History("C1", orders=[order(3, ("GONE", 10, 1), ("T1", 50, 1))]), GOODS, NOW)
    assert found["bought_share.toys"] == 1
    assert found["breadth"] == 1


HISTORIES = st.builds(
    History,
    customer=st.just("C1"),
    orders=st.lists(
        st.builds(
            Placed,
            at=st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 1), timezones=st.just(timezone.utc)),
            cancelled=st.booleans(),
            came_back=st.booleans(),
            lines=st.lists(
                st.builds(Line, st.sampled_from(["S1", "S2", "T1", "GONE"]), st.integers(1, 10**7), st.integers(1, 9)),
                max_size=3,
            ),
        ),
        max_size=4,
    ),
    looks=st.lists(
        st.builds(
            Look,
            st.sampled_from(["view", "click", "cart"]),
            st.sampled_from(["S1", "S3", "GONE"]),
            st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 1), timezones=st.just(timezone.utc)),
        ),
        max_size=5,
    ),
)  # fmt: skip


@given(HISTORIES)
def test_whatever_happened_gives_allowed_features_alone_and_shares_are_shares(history):
    found = compute(history, GOODS, NOW)
    assert set(found) <= set(feature_names(CATEGORIES))
    for name, value in found.items():
        assert value >= 0
        if "share" in name or name.startswith(("hours.", "price_level")):
            assert value <= 1


def test_the_list_of_what_is_allowed():
    """Whoever makes the list longer has to ask whether the new feature may be one."""
    assert [feature.name for feature in BEHAVIOUR] == [
        "days_known", "recency_days", "seen_days", "orders_per_year", "orders_recent",
        "spent_per_year", "order_value", "price_level", "breadth", "cancelled_share",
        "came_back_share", "looks_recent", "looks_left_share", "carts_left_share",
        "hours.night", "hours.morning", "hours.afternoon", "hours.evening",
        "messages", "sentiment",
    ]  # fmt: skip
    for name in ("name", "phone", "address", "language", "gender", "age", "hours", "bought_share."):
        assert not is_feature(name)
    assert is_feature("bought_share.shoes")
