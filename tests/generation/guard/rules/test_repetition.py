"""Repetition: loops, broken ends and wrong lengths."""

import pytest

from tests.generation.guard.drafts import objection
from xiaoer.generation.guard.rules.repetition import Repetition

RULE = Repetition()


@pytest.mark.parametrize(
    "reply",
    [
        "满 ¥99 包邮。",
        "好的！",
        "颜色：黑色、白色、红色。",
        "分未使用、已使用、已过期三栏。",
        "（含运费）“满减”都可以。",
        "Delivery is free from ¥99.",
        "He had had that, and that is fine.",
        "The weight is 2000000 g.",
        'Press "Join" on your account page.',
        "请问还有别的吗？",
    ],
)
def test_a_whole_reply(reply):
    assert objection(RULE, reply) is None


@pytest.mark.parametrize(
    "reply",
    [
        "满 ¥99 包邮。满 ¥99 包邮。",
        "满 ¥99 包邮。现货 24 小时内发出。满¥99包邮！",
        "免费免费免费。",
        "好好好好好的。",
        "支持退货支持退货。",
        "可以退货，可以换货，可以退货，可以换货，都行。",
        "真的真的真的可以。",
        "好的！！！！",
        "Delivery is free. Delivery is free.",
        "The the the delivery is free.",
        "It is very good very good very good.",
        "You can return it you can return it.",
    ],
)
def test_loops(reply):
    assert objection(RULE, reply) is not None


@pytest.mark.parametrize(
    "reply",
    [
        "满 ¥99 包邮，不满",
        "满 ¥99 包邮，",
        "满 ¥99 包邮：。",
        "满 ¥99（不含运费。",
        "可以用《礼品卡付。",
        "Delivery is free from ¥99, and",
        "Delivery is free from",
        "Delivery is free (from ¥99.",
        "Delivery is free –",
        "。。",
    ],
)
def test_broken_ends(reply):
    assert objection(RULE, reply) is not None


def test_a_line_that_ends_so_in_the_evidence_too():
    assert objection(RULE, "客服电话：400-000-1234", evidence=("客服电话：400-000-1234",)) is None
    assert (
        objection(RULE, "客服电话：400-000-1234", evidence=("客服电话：400-000-1234，每天在线。",))
        is not None
    )


@pytest.mark.parametrize(
    ("length", "passes"), [(0, False), (1, False), (2, True), (400, True), (401, False)]
)
def test_length(length, passes):
    characters = "".join(chr(0x4E00 + 7 * number) for number in range(500))
    reply = "" if not length else characters[: length - 1] + "。"
    assert (objection(RULE, reply) is None) is passes
    assert objection(Repetition(shortest=3, longest=10), "好的呀。") is None
    assert objection(Repetition(shortest=3, longest=10), "好。") is not None
