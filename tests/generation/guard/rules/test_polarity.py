"""Polarity: no yes where the evidence says no, and no no where it says yes."""

import pytest

from tests.generation.guard.drafts import objection
from xiaoer.generation.guard.rules.polarity import Polarity

RULE = Polarity()


@pytest.mark.parametrize(
    "reply",
    [
        "不支持货到付款。",
        "支持银行卡。",
        "货到付款不支持，可以用银行卡。",
        "人为损坏不在保修范围内。",
        "满 ¥99 包邮，不满的收运费。",
        "There is no cash on delivery.",
        "We take bank cards.",
        "Damage by accident is not covered.",
        "You need no reason within 7 days of delivery.",
    ],
)
def test_what_agrees(reply):
    assert objection(RULE, reply) is None


@pytest.mark.parametrize(
    "reply",
    [
        "支持货到付款。",
        "我们也支持货到付款的哦。",
        "人为损坏在保修范围内。",
        "不支持银行卡。",
        "满 ¥99 不包邮。",
        "不满 ¥99 包邮。",
        "质量问题运费由您承担。",
        "There is cash on delivery.",
        "Damage by accident is covered.",
        "We never take bank cards.",
        "Phones do not have a one-year warranty.",
        "Delivery is not free from ¥99.",
    ],
)
def test_what_contradicts(reply):
    assert objection(RULE, reply) is not None


def test_a_denial_between_clauses():
    evidence = ("没拆封的可以退货，拆封后不可以。",)
    assert objection(RULE, "拆封后不可以。", evidence=evidence) is None
    assert objection(RULE, "没拆封的可以退货。", evidence=evidence) is None
    assert objection(RULE, "拆封后可以。", evidence=evidence) is not None
    assert objection(RULE, "没拆封的可以退货，拆封后可以。", evidence=evidence) is not None
    evidence = ("Unopened food can go back, opened food cannot.",)
    assert objection(RULE, "Unopened food can go back.", evidence=evidence) is None
    assert objection(RULE, "Opened food can go back.", evidence=evidence) is not None


def test_a_list_after_a_denial_is_denied():
    evidence = ("There is no cash on delivery, payment by cheque or payment by invoice.",)
    assert objection(RULE, "You have payment by cheque.", evidence=evidence) is not None


@pytest.mark.parametrize(
    ("evidence", "reply"),
    [
        ("拆封前可以退货。", "拆封后可以退货。"),
        ("登录密码 8 位以上。", "登录密码 8 位以下。"),
        ("安装费用包含在内。", "安装费用不包含在内。"),
        ("Return it before the deadline.", "Return it after the deadline."),
        ("Batteries are included in the box.", "Batteries are excluded from the box."),
        ("Our shop is open on holidays.", "Our shop is closed on holidays."),
        ("The item is in stock in red.", "The item is sold out in red."),
    ],
)
def test_opposites(evidence, reply):
    assert objection(RULE, evidence, evidence=(evidence,)) is None
    assert objection(RULE, reply, evidence=(evidence,)) is not None


@pytest.mark.parametrize(
    ("evidence", "agrees", "contradicts"),
    [
        ("可以。注册时选区号就行。", "可以的，注册时选区号。", "不可以，注册时选区号。"),
        ("不能。地址改不了。", "不能，地址改不了。", "能，地址改不了。"),
        (
            "Yes. Choose your code when you sign up.",
            "Yes, choose your code.",
            "No, choose your code.",
        ),
        ("No. Addresses stay as they are.", "No, addresses stay.", "Yes, addresses stay."),
    ],
)
def test_a_bare_yes_or_no(evidence, agrees, contradicts):
    assert objection(RULE, agrees, "注册 sign up addresses 地址", (evidence,)) is None
    assert objection(RULE, contradicts, "注册 sign up addresses 地址", (evidence,)) is not None


def test_a_question_of_the_evidence_is_no_denial():
    evidence = ("不支持货到付款吗？支持的，下单时选货到付款。",)
    assert objection(RULE, "支持货到付款。", evidence=evidence) is None
