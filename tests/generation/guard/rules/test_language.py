"""Language: the customer's, and no other script."""

import pytest

from tests.generation.guard.drafts import draft
from xiaoer.generation.guard.rules.language import Language

RULE = Language()


def objection(reply, language, evidence=None, known=()):
    return RULE.objection(draft(reply, language, evidence=evidence, known=known))


@pytest.mark.parametrize(
    ("reply", "language"),
    [
        ("满 ¥99 包邮。", "zh"),
        ("支持 Wi-Fi 6、Bluetooth 5.4、USB-C 和 NFC。", "zh"),
        ("写邮件到 service@xiaoer.example 就行。", "zh"),
        ("码数选 XL，按 iPhone 的提示操作。", "zh"),
        ("优惠码是 HELLO30。", "zh"),
        ("Delivery is free from ¥99.", "en"),
        ("A café table, 30°C, 5 µm.", "en"),
        ("XD202611010003", "zh"),
        ("¥99", "en"),
    ],
)
def test_the_right_language(reply, language):
    assert objection(reply, language) is None


@pytest.mark.parametrize(
    ("reply", "language"),
    [
        ("Delivery is free from ¥99.", "zh"),
        ("满 ¥99 包邮。", "en"),
        ("满 ¥99 包邮，the item is free for you。", "zh"),
        ("Delivery is free 的，请放心。", "en"),
        ("Доставка бесплатна.", "en"),
        ("送料は無料です。", "zh"),
        ("배송은 무료입니다.", "zh"),
        ("满 ¥99 包邮 التوصيل", "zh"),
        ("Delivery is свободна.", "en"),
    ],
)
def test_another_language_or_script(reply, language):
    assert objection(reply, language) is not None


def test_names_of_the_evidence_and_of_the_customer_may_stay():
    evidence = ("Our accounts are called 店小二优品 on WeChat.",)
    assert objection("Our accounts are called 店小二优品.", "en", evidence) is None
    assert objection("Our accounts are called 好东西商城.", "en", evidence) is not None
    assert objection("Dear 王知夏, hello there.", "en", known=("王知夏",)) is None
    # Evidence in the other language is no reason to answer in it.
    assert objection(evidence[0], "zh", evidence) is not None
