"""Identifiers: from the evidence, or the customer's own."""

import pytest

from tests.generation.guard.drafts import objection
from xiaoer.generation.guard.rules.identifiers import Identifiers

RULE = Identifiers()


@pytest.mark.parametrize(
    "reply",
    [
        "客服电话 400-000-1234。",
        "客服电话 400 000 1234，或者 Service@xiaoer.example。",
        "新客优惠券 HELLO30。",
        "用优惠码hello30。",
        "Call +86 400-000-1234 or write to service@xiaoer.example.",
        "The coupon is HELLO30.",
    ],
)
def test_what_the_evidence_has(reply):
    assert objection(RULE, reply) is None


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        ("客服电话 400-000-9999。", "400-000-9999"),
        ("打 13812345678 找我。", "13812345678"),
        ("邮件发到 refund@evil.example。", "refund@evil.example"),
        ("请看 https://evil.example/pay 。", "https://evil.example/pay"),
        ("请看evil.com的页面。", "evil.com"),
        ("优惠码 HELLO50。", "HELLO50"),
        ("优惠码 SAVEBIG。", "SAVEBIG"),
        ("订单 XD202611010003 已记下。", "XD202611010003"),
        ("商品 HA-6008 有货。", "HA-6008"),
        ("运单 SF923342922295。", "SF923342922295"),
        ("防水等级 IP68。", "IP68"),
        ("Call 400-111-1234.", "400-111-1234"),
        ("Use code HELLO3O.", "HELLO3O"),
        ("Pay at www.evil.example.", "www.evil.example"),
        ("It is waterproof to 5ATM.", "5ATM"),
    ],
)
def test_what_stands_nowhere(reply, what):
    assert objection(RULE, reply) == what


def test_the_customer_s_order_parcel_and_product_may_be_repeated_and_nothing_else():
    question = "XD202611010003、SF923342922295 和 HA-6008，优惠码 FREE100，电话 13812345678"
    assert objection(RULE, "订单 XD202611010003 的包裹 SF923342922295。", question) is None
    assert objection(RULE, "您说的是 HA-6008。", question) is None
    assert objection(RULE, "优惠码 FREE100 可用。", question) == "FREE100"
    assert objection(RULE, "打给 13812345678。", question) == "13812345678"
    assert objection(RULE, "Order XD202611010004.", "XD202611010003?") == "XD202611010004"


def test_what_is_known_of_the_customer_may_be_said():
    known = ("萤火 Lite 5G 手机", "XD202611010003")
    assert objection(RULE, "您的萤火 Lite 5G 手机，订单 XD202611010003。", known=known) is None
    assert objection(RULE, "您的萤火 Lite 4G 手机。", known=known) == "4G"


def test_codes_that_changed_places():
    evidence = ("新客用 HELLO30，满 199 元减 30 元。", "耳机用 LISTEN10，打 9 折。")
    assert objection(RULE, "耳机用 LISTEN10。", evidence=evidence) is None
    assert objection(RULE, "耳机用 HELLO30，打 9 折。", evidence=evidence) == "HELLO30"
    evidence = ("New customers use HELLO30.", "For headphones use LISTEN10.")
    assert objection(RULE, "For headphones use HELLO30.", evidence=evidence) == "HELLO30"
