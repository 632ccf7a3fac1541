"""What is left of an address and a mailbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.orders.masking import mask_address, mask_email
from backends.orders.numbers import normalise


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("云州市南湖区蒲公英路18号2栋301室", "云州市****"),
        ("北海省云州市南湖区1号", "北海省****"),
        ("7 Owl Lane, Dengta District, Langang", "****, Langang"),
        ("Langang, Owl Lane 7", "****"),
        ("7 Owl Lane", "****"),
        ("猫头鹰巷7号", "****"),
        ("7 Owl Lane, " + "x" * 41, "****"),
    ],
)
def test_an_address_is_masked(address, shown):
    assert mask_address(address) == shown


@given(st.text(min_size=1, max_size=200))
def test_no_digit_of_an_address_is_ever_shown(address):
    assert not any(character.isdigit() for character in mask_address(address))


def test_a_mailbox_is_masked():
    assert mask_email("willa.thistlewood@example.com") == "w****@example.com"


@given(st.text(max_size=80))
def test_an_order_number_is_of_one_form_or_none(typed):
    number = normalise(typed)
    assert number is None or (len(number) == 14 and number.isascii() and number[2:].isdigit())
    assert number is None or normalise(number) == number
