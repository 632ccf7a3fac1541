"""Personal data: none but the shop's own and the customer's own name."""

import pytest

from tests.generation.guard.drafts import objection
from xiaoer.generation.guard.rules.personal_data import PersonalData

RULE = PersonalData()


@pytest.mark.parametrize(
    "reply",
    [
        "客服电话 400-000-1234，邮箱 service@xiaoer.example。",
        "满 ¥99 包邮。",
        "尊敬的先生/女士，您好！",
        "各位女士都喜欢。",
        "Call 400-000-1234.",
        "Dear customer, hello!",
        "Miss it? Ms and Mr are titles.",
        "订单 XD202611010003 在路上。",
        "请在门口取。",
    ],
)
def test_what_is_not_personal(reply):
    assert objection(RULE, reply) is None


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        ("打 138 1234 5678 找他。", "138 1234 5678"),
        ("发到 wang@mail.example 吧。", "wang@mail.example"),
        ("身份证 11010519491231002X。", "11010519491231002X"),
        ("卡号 4111 1111 1111 1111。", "4111 1111 1111 1111"),
        ("王先生，您好。", "王先生"),
        ("这是张小明先生的订单。", "张小明先生"),
        ("欧阳女士您好。", "欧阳女士"),
        ("Dear Mr Smith, hello.", "Mr Smith"),
        ("Dear John, hello.", "Dear John"),
        ("Ms. Ada Birchley ordered it.", "Ms. Ada Birchley"),
        ("Call 13812345678.", "13812345678"),
    ],
)
def test_what_is(reply, what):
    assert objection(RULE, reply) == what


@pytest.mark.parametrize(
    "reply",
    [
        "寄到云州市南湖区蒲公英路 12 号。",
        "您住在 3 栋 2 单元 501 室。",
        "It goes to 12 Dandelion Road.",
        "It goes to Room 501.",
    ],
)
def test_postal_addresses(reply):
    assert objection(RULE, reply) is not None
    # The shop's own stands in the evidence, the customer's own is known.
    assert objection(RULE, reply, evidence=(reply,)) is None
    assert objection(RULE, reply, known=(reply,)) is None


def test_the_customer_s_own_name_may_be_said():
    assert objection(RULE, "王先生，您好。", known=("王知夏",)) is None
    assert objection(RULE, "李先生，您好。", known=("王知夏",)) == "李先生"
    assert objection(RULE, "Dear Ms Birchley, hello.", known=("Ada Birchley",)) is None
    assert objection(RULE, "Dear Ms Smith, hello.", known=("Ada Birchley",)) is not None


def test_numbers_of_people_are_never_said_whatever_the_evidence_has():
    for number in ("11010519491231002X", "4111111111111111"):
        reply = f"号码是 {number}。"
        assert objection(RULE, reply, question=reply, evidence=(reply,), known=(reply,)) == number


def test_what_the_customer_wrote_is_not_repeated():
    assert objection(RULE, "好的，打 13812345678。", "我的电话 13812345678") == "13812345678"
