import pytest

from backends.campaigns.copy.briefs.brief import Offer
from backends.campaigns.copy.rules.prices import Prices
from tests.backends.campaigns.copy.conftest import off


@pytest.mark.parametrize(
    "text",
    [
        "静谷 Pro 降噪耳机，¥499。",
        "原价 ¥599，现价 ¥499，省 ¥100。",
        "从 599 元到 499 元。",
        "只要四百九十九元。",
    ],
)
def test_the_products_prices_pass(copy_of, text):
    assert Prices().objection(copy_of(text)) is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("只要 ¥399。", "¥399"),
        ("八折优惠。", "八折"),
        ("省一半，50% 优惠。", "50%"),
        ("原价 ¥499。", "¥499"),
        ("现价 ¥599。", "¥599"),
        ("立省 ¥499。", "¥499"),
    ],
)
def test_other_prices_and_prices_in_anothers_role_do_not(copy_of, text, what):
    assert what in Prices().objection(copy_of(text)).what


def test_the_price_with_the_offer_is_price_less_reduction(copy_of):
    assert Prices().objection(copy_of("到手价 ¥449。", offer=off(50))) is None
    assert Prices().objection(copy_of("到手价 ¥439。", offer=off(50))).what == "¥439"
    cheaper = Offer("percent", 15)
    assert Prices().objection(copy_of("85 折，到手价 ¥424.15。", offer=cheaper)) is None
    assert Prices().objection(copy_of("Now 15% off.", language="en", offer=cheaper)) is None
    assert (
        Prices().objection(copy_of("Now 25% off.", language="en", offer=cheaper)).what == "25% off"
    )


def test_no_price_with_an_offer_whose_minimum_is_not_met(copy_of):
    offer = off(50, minimum=600)
    assert Prices().objection(copy_of("到手价 ¥449。", offer=offer)) is not None
