"""Identifiers are found whole and told apart from numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.generation.guard.reading.facts import find_facts
from xiaoer.generation.guard.reading.normalising import normalise


def found(text):
    return [(fact.kind, fact.value) for fact in find_facts(normalise(text))]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("XD202611010003", [("order number", "XD202611010003")]),
        ("订单xd202611010003到哪了", [("order number", "XD202611010003")]),
        ("ＸＤ２０２６１１０１０００３", [("order number", "XD202611010003")]),
        ("HA-6008", [("sku", "HA-6008")]),
        ("CL-9001-BLK-M", [("sku", "CL-9001-BLK-M")]),
        ("SF923342922295", [("tracking number", "SF923342922295")]),
        (
            "运单 SF 9233 4292 2295"[:2] + "号 771234567890123",
            [("tracking number", "771234567890123")],
        ),
        ("400-000-1234", [("phone", "4000001234")]),
        ("+86 138 1234 5678", [("phone", "13812345678")]),
        ("service@xiaoer.example", [("e-mail", "service@xiaoer.example")]),
        ("https://www.Xiaoer.example/help/", [("url", "xiaoer.example/help")]),
        ("见 xiaoer.example/faq。", [("url", "xiaoer.example/faq")]),
        ("HELLO30", [("code", "HELLO30")]),
        ("优惠码LISTEN10可用", [("code", "LISTEN10")]),
        ("IP68", [("code", "IP68")]),
        ("5ATM or 10ATM", [("code", "5ATM"), ("code", "10ATM")]),
        ("SPF50+", [("code", "SPF50+")]),
        ("HEPA", [("code", "HEPA")]),
        ("12GB/256GB", [("gigabytes", 12), ("gigabytes", 256)]),
        ("65W", [("watts", 65)]),
        ("a 6-digit code", [("digits", 6)]),
        ("USB-C, Wi-Fi, LED, iPhone", []),
    ],
)
def test_forms(text, facts):
    assert found(text) == facts


@given(st.integers(0, 10**12 - 1), st.sampled_from(["", "订单", "order ", "（", "NO."]))
def test_any_order_number_is_one_fact_and_no_date_or_number(serial, before):
    number = f"XD{serial:012}"
    assert found(f"{before}{number} 的物流")[-1:] == [("order number", number)]
    assert len(found(f"{before}{number} 的物流")) == 1
