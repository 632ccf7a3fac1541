"""Amounts in Arabic and Chinese numerals."""

import re

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.text.numbers import LARGEST, parse_amount, parse_whole


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1999", 1999),
        ("¥1,999.50", 1999.5),
        ("2k", 2000),
        ("1.5万", 15000),
        ("3w", 30000),
        ("2千5", 2500),
        ("1万2", 12000),
        ("两千", 2000),
        ("两千五", 2500),
        ("两千零五", 2005),
        ("三百二十块", 320),
        ("两百五", 250),
        ("一万二", 12000),
        ("两三百", 300),
        ("七八十", 80),
        ("十五", 15),
        ("三百来块", 300),
        ("3千5百块", 3500),
        ("1万2千5", 12500),
        ("9块9", 9.9),
        ("三块五", 3.5),
        ("十九块九毛", 19.9),
        ("2元5角", 2.5),
        ("五毛钱", 0.5),
        ("十块三十个", 10),
        ("大概500左右", 500),
        ("", None),
        ("多少钱", None),
        ("百百", None),
        ("9" * 400, None),
        ("一" * 400, None),
    ],
)
def test_parse_amount(text, amount):
    assert parse_amount(text) == amount


@given(st.text(alphabet="零一二两三百千万亿0123456789.,kw块", max_size=40))
def test_any_numeral_is_an_amount_or_none(text):
    amount = parse_amount(text)
    assert amount is None or 0 <= amount <= LARGEST


@given(st.integers(0, 99_999_999), st.booleans())
def test_whole_numbers_are_read_as_cn2an_writes_them(number, colloquial):
    written = cn2an.an2cn(number)
    if colloquial:
        # 两 stands before a unit: 两千, but 十二.
        written = re.sub("二(?=[百千万])", "两", written)
    assert parse_amount(written) == number
    assert parse_whole(written) == number


@given(
    st.integers(1, 9), st.integers(1, 9), st.sampled_from([("百", 100), ("千", 1e3), ("万", 1e4)])
)
def test_a_numeral_after_a_unit_is_a_tenth_of_it(head, tail, unit):
    name, factor = unit
    for digits in ("123456789", "一二三四五六七八九"):
        text = f"{digits[head - 1]}{name}{digits[tail - 1]}"
        assert parse_amount(text) == head * factor + tail * factor / 10


@given(st.integers(1, 999_999_999))
def test_thousands_and_cents(cents):
    amount = cents / 100
    for text in (f"¥{amount:,.2f}", f"{amount:.2f}元", f"RMB {amount:,.2f}"):
        assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二〇二六", 2026),
        ("二零二六", 2026),
        ("十", 10),
        ("31", 31),
        ("两", 2),
        ("x", None),
        ("", None),
    ],
)
def test_parse_whole(text, number):
    assert parse_whole(text) == number
