from backends.campaigns.copy.rules.product_prices import ProductPrices
from tests.backends.campaigns.copy.conftest import EARBUDS, WATCH, off

LIST = "静谷 Pro 降噪耳机，¥499。\n星环 3 智能手表，¥1099。"


def test_each_price_stands_with_its_product(copy_of):
    assert ProductPrices().objection(copy_of(LIST, EARBUDS, WATCH)) is None


def test_exchanged_prices_are_found(copy_of):
    exchanged = "静谷 Pro 降噪耳机，¥1099。\n星环 3 智能手表，¥499。"
    found = ProductPrices().objection(copy_of(exchanged, EARBUDS, WATCH))
    assert found.what == "静谷 Pro 降噪耳机: ¥1099"


def test_the_terms_of_the_offer_are_nobodys(copy_of):
    offer = off(50, minimum=300)
    text = LIST + "\n满 300 元减 50 元。"
    assert ProductPrices().objection(copy_of(text, EARBUDS, WATCH, offer=offer)) is None
