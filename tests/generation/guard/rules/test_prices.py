"""Prices, percentages and discounts: the same amount, of the same thing."""

import pytest

from tests.generation.guard.drafts import objection
from xiaoer.generation.guard.rules.prices import Prices

RULE = Prices()


@pytest.mark.parametrize(
    "reply",
    [
        "满 99 元包邮。",
        "满九十九块包邮，不满的收十块运费。",
        "满99包邮。",
        "家电全场 8.5 折。",
        "家电八五折。",
        "家电优惠 15%。",
        "新客满 199 减 30。",
        "Delivery is free from 99 yuan.",
        "Delivery is free from RMB 99, below that it costs ten yuan.",
        "All home appliances are 15 percent off.",
        "A discount of 15% on all home appliances.",
        "New customers get ¥30 off orders over ¥199.",
    ],
)
def test_what_the_evidence_has_in_other_forms(reply):
    assert objection(RULE, reply) is None


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        ("满 89 元包邮。", "89 元"),
        ("满八十九块包邮。", "八十九块"),
        ("满 $99 包邮。", "$99"),
        ("家电全场 8 折。", "8 折"),
        ("家电半价。", "半价"),
        ("家电全场 15 折。", "15 折"),
        ("好评率 85%。", "85%"),
        ("只要9块9。", "9块9"),
        ("满 199 减 50。", "50"),
        ("Delivery is free from 89 yuan.", "89 yuan"),
        ("Delivery is free from $99.", "$99"),
        ("All home appliances are 20% off.", "20% off"),
        ("All home appliances are half price.", "half price"),
        ("15% of our customers are happy.", "15%"),
        ("A discount of 85% on everything.", "discount of 85%"),
    ],
)
def test_what_the_evidence_has_not(reply, what):
    assert objection(RULE, reply) == what


@pytest.mark.parametrize(
    "reply",
    [
        "满 ¥10 包邮，不满 ¥10 收 ¥99 运费。",
        "满 ¥99 包邮，不满 ¥99 收 ¥99 运费。",
        "满 30 元减 199 元。",
        "Delivery is free from ¥10; below that it costs ¥99.",
        "Delivery costs ¥99.",
        "199 yuan off orders over 30.",
    ],
)
def test_amounts_that_changed_places(reply):
    assert objection(RULE, reply) is not None


def test_prices_of_the_customer_or_of_its_name_prove_nothing():
    assert objection(RULE, "好的，¥50 给您。", "50 块行吗") == "¥50"
    assert objection(RULE, "It costs ¥50.", known=("90% coupon, ¥50",)) == "¥50"
