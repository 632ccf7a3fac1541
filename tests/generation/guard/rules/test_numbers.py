"""Numbers: the same value of the same thing, as the evidence has it."""

import pytest

from tests.generation.guard.drafts import objection
from xiaoer.generation.guard.rules.numbers import Numbers

RULE = Numbers()


@pytest.mark.parametrize(
    "reply",
    [
        "现货 24 小时内发出。",
        "现货二十四小时内发出，一般两到四天送到。",
        "现货２４小时内发出。",
        "签收后七天内可以退换。",
        "签收后一周内可以退换。",
        "退款要 1–3 个工作日。",
        "手机保修一年。",
        "手机保修 12 个月。",
        "一般一样，这是一个好选择，十分划算。",
        "1. 现货 24 小时内发出。\n2. 偏远地区 5–7 天。",
        "Items in stock leave within twenty-four hours.",
        "They arrive in two to four days.",
        "You can return within one week of delivery.",
        "Refunds take one to three working days.",
        "Phones have a 1-year warranty, one of the best.",
        "Phones have twelve months of warranty.",
        "Write to us. No one else can help.",
    ],
)
def test_what_the_evidence_has_in_other_forms(reply):
    assert objection(RULE, reply) is None


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        ("现货 48 小时内发出。", "48 小时"),
        ("现货四十八小时内发出。", "四十八小时"),
        ("现货 24 天内发出。", "24 天"),
        ("现货一天内发出。", "一天"),
        ("签收后十五天内可以退换。", "十五天"),
        ("退款要 1–3 天。", "1"),
        ("手机保修两年。", "两年"),
        ("手机保修半年。", "半年"),
        ("还剩 3 件。", "3 件"),
        ("三十个人在买。", "三十个"),
        ("限购一件。", "一件"),
        ("重 500 克。", "500 克"),
        ("Items in stock leave within 48 hours.", "48 hours"),
        ("They arrive in three days.", "three days"),
        ("You can return within a month.", "within a month"),
        ("Refunds take 1–3 days.", "1"),
        ("Phones have a two-year warranty.", "two-year"),
        ("Only 5 pieces are left.", "5 pieces"),
        ("A dozen people bought it.", "A dozen people"),
        ("You get twice the points.", "twice"),
        ("The second item is cheaper.", "second"),
    ],
)
def test_what_the_evidence_has_not(reply, what):
    assert objection(RULE, reply) == what


@pytest.mark.parametrize(
    "reply",
    [
        "偏远地区 2–4 天送到。",
        "偏远地区 2–7 天送到。",
        "一般 4–2 天送到。",
        "Remote areas take 2–4 days.",
        "They usually arrive in 5–7 days.",
        "They usually arrive in 2–7 days.",
    ],
)
def test_what_the_evidence_says_of_something_else(reply):
    assert objection(RULE, reply) is not None


def test_numbers_of_the_customer_prove_nothing():
    assert objection(RULE, "可以，3 天内送到。", "3 天能到吗") == "3 天"
    assert objection(RULE, "You can return it within 90 days.", "90 days, right?") == "90 days"
    assert objection(RULE, "订单 XD202611010003 在 24 小时内发出。", "XD202611010003 呢") is None


def test_what_is_known_of_the_customer_may_be_named_but_promises_no_time():
    known = ("橡木 20000mAh 充电宝", "30 天")
    assert objection(RULE, "您买的是 20000mAh 充电宝。", known=known) is None
    assert objection(RULE, "30 天内发出。", known=known) == "30 天"
    assert objection(RULE, "您买的是 10000mAh 充电宝。", known=known) == "10000mAh"
