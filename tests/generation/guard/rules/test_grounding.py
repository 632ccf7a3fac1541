"""Grounding: what a sentence is about stands in the evidence."""

import pytest

from tests.generation.guard.drafts import objection
from xiaoer.generation.guard.rules.grounding import Grounding

RULE = Grounding()


@pytest.mark.parametrize(
    "reply",
    [
        "您好！现货一般 2–4 天送到。",
        "退货运费我们承担。",
        "抱歉，不支持货到付款，可以用银行卡或手机扫码支付。",
        "谢谢您的支持！还有什么可以帮您的吗？",
        "非常抱歉让您久等了。",
        "Hello! Items in stock usually arrive in 2–4 days.",
        "I'm sorry about that. If it is faulty, we pay the postage.",
        "Thank you! Is there anything else?",
    ],
)
def test_what_is_grounded_or_only_polite(reply):
    assert objection(RULE, reply) is None


@pytest.mark.parametrize(
    "reply",
    [
        "这款耳机音质出色，低音震撼。",
        "我们在巴黎有门店。",
        "现货一般送到。这款手机拍照特别清楚。",
        "老板人很好，公司成立很久了。",
        "The headphones sound brilliant.",
        "Our founders studied music in Paris.",
        "Items in stock usually arrive fast. The camera takes stunning photos.",
    ],
)
def test_what_is_invented(reply):
    assert objection(RULE, reply) is not None


def test_the_sentence_that_is_invented_is_named():
    assert objection(RULE, "现货一般送到。这款手机拍照特别清楚。") == "这款手机拍照特别清楚。"


def test_what_is_known_of_the_customer_is_ground_and_the_question_is_none():
    known = ("会客厅商务耳麦", "Parlour Business Headset")
    assert objection(RULE, "您买的会客厅商务耳麦保修一年。") is not None
    assert objection(RULE, "您买的会客厅商务耳麦保修一年。", known=known) is None
    assert objection(RULE, "The Parlour Business Headset.", known=known) is None
    assert objection(RULE, "耳机防水防汗。", "耳机防水防汗吗？") is not None
    assert (
        objection(RULE, "The headphones are waterproof.", "are the headphones waterproof?")
        is not None
    )


def test_the_share_is_a_parameter():
    reply = "现货 24 小时内从仓库发出。"
    assert objection(Grounding(0.3), reply) is None
    assert objection(Grounding(1.0), reply) is not None
