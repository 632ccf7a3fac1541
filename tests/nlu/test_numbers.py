"""Amounts in Arabic and Chinese numerals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.nlu.numbers import LARGEST, parse_amount


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
        ("大概500左右", 500),
        ("", None),
        ("多少钱", None),
        ("百百", None),
        ("9" * 400, None),
    ],
)
def test_parse_amount(text, amount):
    assert parse_amount(text) == amount


@given(st.text(alphabet="零一二两三百千万亿0123456789.,kw块", max_size=40))
def test_any_numeral_is_an_amount_or_none(text):
    amount = parse_amount(text)
    assert amount is None or 0 <= amount <= LARGEST
