"""Order numbers and phone digits as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.order_number import (
    last4_beside,
    looks_like_order_number,
    read_last4,
    read_order_number,
)

RIGHT = "XD202610050012"


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        "xd202610050012",
        "XD 202610050012",
        "XD-2026-1005-0012",
        "XD 2026 1005 0012",
        "我的订单号是XD202610050012,谢谢",
        "order XD202610050012?",
        "ＸＤ２０２６１００５００１２",
        "202610050012",
        f"{RIGHT} 1234",
        f"{RIGHT} and again {RIGHT}",
    ],
)
def test_right(text):
    assert read_order_number(text) == RIGHT


@pytest.mark.parametrize(
    "text",
    [
        "XD2026100500",
        "XD20261005001",
        "XD2026100500123",
        "XO202610050012",
        "X0202610050012",
        "D202610050012",
        "XDD202610050012",
        "20261005001",
    ],
)
def test_almost_right(text):
    assert read_order_number(text) is None
    assert looks_like_order_number(text)


@pytest.mark.parametrize(
    "text", ["", None, "不知道", "1234", "PH-1001", "三天前买的", "XD", "2026"]
)
def test_none_at_all(text):
    assert read_order_number(text) is None
    assert not looks_like_order_number(text)


def test_two_numbers_are_not_chosen_between():
    assert read_order_number("XD202610050012 XD202610050013") is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1234", "1234"),
        ("尾号1234", "1234"),
        ("it ends in 1234.", "1234"),
        ("１２３４", "1234"),
        ("13812345678", "5678"),
        ("138 1234 5678", "5678"),
        ("123", None),
        ("12345", None),
        ("1234 5678", None),
        (RIGHT, None),
        ("", None),
        (None, None),
    ],
)
def test_last4(text, digits):
    assert read_last4(text) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        (f"{RIGHT} 1234", "1234"),
        (f"1234, {RIGHT}", "1234"),
        (f"{RIGHT} 2023年的", None),
        (f"order status {RIGHT} 5678", "5678"),
        (f"where is {RIGHT}? 5678, please", "5678"),
        (f"{RIGHT} 2026", "2026"),
        (f"I ordered {RIGHT} in 2026", None),
        (f"{RIGHT} 1234 or 5678", None),
        (f"{RIGHT} ¥1234", None),
        ("XD-2026-1005-0012", None),
        ("1234", None),
    ],
)
def test_last4_beside(text, digits):
    assert last4_beside(text) == digits


@given(st.text(max_size=600))
def test_nothing_that_can_be_typed_fails(text):
    number = read_order_number(text)
    assert number is None or (number.startswith("XD20") and len(number) == 14 and number.isascii())
    last4 = read_last4(text)
    assert last4 is None or (len(last4) == 4 and last4.isdigit())
    looks_like_order_number(text)
    last4_beside(text)
