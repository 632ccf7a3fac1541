"""Splicing: a sentence says what one place of the evidence says, not pieces of several."""

import pytest

from tests.generation.guard.drafts import EVIDENCE, objection
from xiaoer.generation.guard.rules.splicing import Splicing

RULE = Splicing()


@pytest.mark.parametrize(
    ("reply", "language"),
    [
        ("满 ¥99 包邮。", "zh"),
        ("退货运费由我们承担，请放心。", "zh"),
        ("您好！可以用银行卡或者手机扫码支付。", "zh"),
        ("现货 24 小时内发出。满 ¥99 包邮。", "zh"),
        ("Hello! Delivery is free from ¥99.", "en"),
        ("If it is faulty we pay the postage for sending it back.", "en"),
        ("It is free from ¥99 and below that it costs ¥10.", "en"),
        ("We take bank cards. There is no cash on delivery.", "en"),
    ],
)
def test_what_one_sentence_says(reply, language):
    assert objection(RULE, reply, language) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_evidence_itself(language):
    for text in EVIDENCE[language]:
        assert objection(RULE, text, language) is None


@pytest.mark.parametrize(
    ("reply", "language"),
    [
        ("现货 24 小时内发出，不满 ¥99 收 ¥10 运费。", "zh"),
        ("支持银行卡和手机扫码支付，人为损坏不在保修范围内。", "zh"),
        ("退款在收到退货后凭订单号就可以报修。", "zh"),
        ("Items in stock leave within 24 hours and the order number is all you need.", "en"),
        ("Refunds go back the way you paid, or write to service@xiaoer.example.", "en"),
        ("Phones and computers have mobile payment by QR code.", "en"),
    ],
)
def test_what_is_put_together(reply, language):
    assert objection(RULE, reply, language) == reply


def test_how_much_may_come_from_elsewhere():
    reply = "支持银行卡和手机扫码支付，人为损坏不在保修范围内。"
    assert objection(Splicing(share=0.9), reply) is None
