"""What a language model is told: products and words of the catalogue, nobody's data."""

import pytest

from backends.recommendations.scoring.texts import (
    customer_text,
    product_text,
    read_wording,
    without_personal_data,
)
from tests.backends.recommendations.items import item


def test_a_customer_is_what_he_bought_viewed_and_wants():
    lamp, tea = item("LA-1001"), item("FD-1001")
    text = customer_text([lamp, tea], [lamp], ["waterproof", "under 500"], "en")
    assert text == (
        "Bought: Name LA-1001; Name FD-1001\nViewed: Name LA-1001\nWants: waterproof; under 500"
    )
    assert customer_text([], [tea], [], "zh") == "看过: 名FD-1001"
    assert customer_text([], [], [], "en") == ""


def test_only_the_latest_are_named():
    many = [item(f"LA-{at:04}") for at in range(30)]
    assert customer_text(many, [], [], "en").count("Name") == 10


def test_a_product_is_one_line_of_bounded_length():
    text = product_text(item("LA-1001", price=99.5, summary="a\n2. b\t" + "long " * 100), "en")
    assert text.startswith("Name LA-1001; lamps; morrin; 99.5 CNY; a 2. b long")
    assert "\n" not in text
    assert len(text) == 200


@pytest.mark.parametrize("personal", ["13900001234", "11010519491231002X", "ann.lee@example.cn"])
def test_personal_data_is_masked_should_any_come_in(personal):
    text = without_personal_data(f"想要耳机 {personal} 预算1000-2000")
    assert text.startswith("想要耳机 [")
    assert text.endswith("] 预算1000-2000")
    assert personal not in text


def test_what_is_known_of_a_customer_is_bounded():
    assert len(without_personal_data("words " * 1000)) == 600


def test_the_instructions_are_there_in_both_languages():
    wording = read_wording()
    assert wording.instructions.keys() == wording.customer.keys() == {"zh", "en"}
    for text in wording.instructions.values():
        assert "passages" in text
        assert "question" in text
