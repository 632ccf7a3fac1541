"""What each rule keeps, and which give way before nothing is shown."""

from datetime import datetime, timedelta, timezone

import pytest

from backends.recommendations.ranking.policy import Policy
from backends.recommendations.ranking.rules import (
    Wanted,
    in_stock,
    not_among,
    not_bought,
    not_of_brands,
    of_brand,
    of_category,
    rules_for,
    sift,
    within_prices,
)
from tests.backends.recommendations.items import candidates, item

NOW = datetime(2026, 11, 20, tzinfo=timezone.utc)
POLICY = Policy(bought_again={"food": 21})
LAMP = item("LA-1001", "lamps", "morrin", 100)
TEA = item("FD-1001", "food", "leafy", 50)
RICE = item("FD-1002", "food", "leafy", 20)
PHONE = item("PH-1001", "phones", "lumivo", 2000)
ALL = (LAMP, TEA, RICE, PHONE)


def kept(rule):
    return [one for one in ALL if rule.keeps(one)]


def left(wanted=None, bought=None, stock=None, items=ALL):
    everything = {one.id: 1 for one in ALL}
    rules = rules_for(wanted or Wanted(), POLICY, stock or everything, bought or {}, NOW, True)
    sifted = sift(candidates(*items), rules.rules)
    return [one.item for one in sifted.kept], dict(sifted.dropped), sifted.relaxed


def ago(days):
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (in_stock({"LA-1001": 1, "FD-1001": 0}), [LAMP]),
        (within_prices(None, None), list(ALL)),
        (within_prices(50, None), [LAMP, TEA, PHONE]),
        (within_prices(None, 50), [TEA, RICE]),
        (within_prices(50, 100), [LAMP, TEA]),
        (within_prices(0, 0), []),
        (not_of_brands({"leafy", "lumivo"}), [LAMP]),
        (not_among({"PH-1001", "XX-0000"}), [LAMP, TEA, RICE]),
        (of_brand("leafy"), [TEA, RICE]),
        (of_category("phones"), [PHONE]),
    ],
)
def test_a_rule_keeps(rule, expected):
    assert kept(rule) == expected


@pytest.mark.parametrize(("days", "again"), [(0, False), (20.99, False), (21, True), (400, True)])
def test_what_is_used_up_may_be_bought_again(days, again):
    rule = not_bought({"FD-1001": ago(days)}, POLICY, NOW)
    assert (TEA in kept(rule)) == again
    assert RICE in kept(rule)


def test_what_lasts_is_not_recommended_to_its_owner_however_long_ago():
    assert PHONE not in kept(not_bought({"PH-1001": ago(3000)}, POLICY, NOW))


def test_each_candidate_is_counted_under_one_rule_that_dropped_it():
    wanted = Wanted(category="food", price_max=60, without=frozenset({"PH-1001"}))
    found = left(wanted, bought={"FD-1001": ago(2)}, stock={"FD-1001": 1, "FD-1002": 3})
    assert found == ([RICE], {"in_stock": 2, "bought_already": 1}, ())


def test_a_rule_gives_way_only_when_nothing_is_left():
    bought = {"LA-1001": ago(1), "PH-1001": ago(1), "FD-1001": ago(1)}
    assert left(bought=bought) == ([RICE], {"bought_already": 3}, ())
    bought["FD-1002"] = ago(1)
    assert left(bought=bought) == (list(ALL), {}, ("bought_already",))


def test_the_only_product_of_a_shop_is_shown_to_who_has_it():
    assert left(bought={"LA-1001": ago(1)}, items=[LAMP])[0] == [LAMP]


def test_the_brand_gives_way_before_the_category():
    wanted = Wanted(category="food", brand="lumivo")
    assert left(wanted) == ([TEA, RICE], {"category": 2}, ("brand",))


def test_the_fewest_wishes_are_broken():
    """Bought already gives way alone where that suffices, and not beside another in vain."""
    wanted = Wanted(category="food", brand="leafy")
    bought = {"FD-1001": ago(1), "FD-1002": ago(1)}
    assert left(wanted, bought) == ([TEA, RICE], {"category": 2}, ("bought_already",))
    other_brand = Wanted(category="food", brand="lumivo")
    assert left(other_brand, {"FD-1001": ago(1)}) == (
        [RICE],
        {"bought_already": 1, "category": 2},
        ("brand",),
    )


def test_the_category_gives_way_last():
    wanted = Wanted(category="toys", brand="lumivo")
    assert left(wanted) == ([PHONE], {"brand": 3}, ("category",))


@pytest.mark.parametrize(
    ("wanted", "stock"),
    [
        (Wanted(), {"LA-1001": 0}),
        (Wanted(price_max=10), None),
        (Wanted(price_min=5000), None),
        (Wanted(without_brands=frozenset({"morrin", "leafy", "lumivo"})), None),
        (Wanted(without=frozenset(one.id for one in ALL)), None),
    ],
)
def test_stock_price_and_what_is_asked_out_never_give_way(wanted, stock):
    found, dropped, relaxed = left(wanted, stock=stock)
    assert (found, relaxed) == ([], ())
    assert sum(dropped.values()) == len(ALL)
