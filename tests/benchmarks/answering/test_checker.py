"""The checker of answers reports what its evidence does not bear out, and nothing that it does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.answering.checker import unsupported

KNOWLEDGE = Path(__file__).parents[3] / "data" / "knowledge"

# Answers and fixed responses as a shop has them; the cases below are read against all of one language.
ZH = [
    "现货 24 小时内发出，一般 2–4 天送到，偏远地区 5–7 天。",
    "优惠后满 ¥99 包邮，不满 ¥99 收 ¥10 运费；一个订单不管几件只收一次。",
    "没有加急、当日达或次日达，所有订单都走标准配送，加钱也不能提前。",
    "只送中国大陆的地址，不送港澳台和海外。",
    "签收后 7 天内可以退货或换货，不需要理由，商品要完好如新；超过 7 天就不能无理由退换了。",
    "仓库收到退回的商品后 1–3 个工作日内退款，原路退回。",
    "无理由退换，寄回的运费由您出；商品有质量问题，寄回的运费我们承担。没有运费险。",
    "手机、电脑、家电等电器保修一年，从签收当天算起；人为损坏不在保修范围内。",
    "会员免费加入：每消费 ¥1 积 1 分，100 分可抵 ¥1。",
    "银卡每季度送一张 ¥20 优惠券；金卡每月送一张 ¥20 优惠券，还可以提前一天买新品。",
    "一个订单只能用一个优惠码，不能叠加。优惠券过期后不能延期，也不补发。",
    "客服电话 400-000-1234，人工客服每天 9:00–21:00 在线；也可以写邮件到 service@xiaoer.example。",
    "手语视频每周三、周五 14:00–17:00，提前一天在聊天里预约。",
    "请在 2026 年 12 月 30 日 18:00 前申请发票；之后申请的，日期会是 2027 年。",
    "订单号是 XD 开头，后面 12 位数字。新客优惠码 HELLO30，满 ¥199 可用。",
    "暖冬节家电全场 85 折。延保价格是商品实付价的 8%。",
    "支持银行卡、手机扫码支付和本店礼品卡，不支持货到付款，也不支持 PayPal。",
    "同一故障修过两次仍没修好，免费换一台同款新机。",
    "您好，我是店小二！找商品、查订单、办退换，都可以直接跟我说。",
    "订单 {number} 已取消。已付的款会原路退回。",
]
EN = [
    "Items in stock leave within 24 hours and usually arrive in 2–4 days, 5–7 days in remote areas.",
    "Delivery is free from ¥99 after discounts; below that it costs ¥10, once per order.",
    "There is no express, same-day or next-day delivery; a higher fee does not speed it up.",
    "We deliver to addresses in mainland China only, not to Hong Kong, Macao, Taiwan or abroad.",
    "You can return or exchange within 7 days of delivery without giving a reason, if the item is as good as new.",
    "We refund within 1–3 working days after your returned item has reached our warehouse.",
    "If you return without a reason, you pay to send it back. If the item is faulty, we pay the return postage.",
    "Phones, computers and appliances have a one-year warranty. Damage by accident is not covered.",
    "Membership is free: you earn 1 point for each ¥1, and 100 points take ¥1 off.",
    "Silver members get a ¥20 coupon every quarter. Gold members get a ¥20 coupon every month.",
    "One order takes one code; codes do not add up. A coupon cannot be extended or issued again.",
    "Call 400-000-1234, daily from 9:00 to 21:00, or write to service@xiaoer.example.",
    "Sign-language video is there on Wednesdays and Fridays from 14:00 to 17:00; book it a day ahead.",
    "Ask for an invoice by 18:00 on 30 December 2026; invoices asked for later are dated 2027.",
    "An order number is XD and 12 digits. The new customer code is HELLO30, from ¥199.",
    "Warm Winter Sale: 15% off all home appliances. The extended warranty costs 8% of the price you paid.",
    "We take bank cards and our own gift cards. There is no cash on delivery, and we do not take PayPal.",
    "If the same fault is still there after two repairs, you get a new one of the same model free.",
    "Hello, I'm Xiaoer, your shop assistant! I can find products, check orders and arrange returns.",
    "Order {number} is cancelled. What you paid goes back the way it came.",
]

# A reply, and a part of the report that must be made of it.
CAUGHT_ZH = [
    # figures that stand nowhere
    ("退货期是 60 天。", "60 天"),
    ("签收后六十天内可以退货。", "60天"),
    ("半年内都能退货。", "0.5年"),
    ("一般两周送到。", "2周"),
    ("满 ¥20 包邮。", "¥20"),
    ("不满的收二十块运费。", "20块"),
    ("运费 1.5 万元起。", "1.5 万元"),
    ("家电全场八折。", "8折"),
    ("家电全场 85% 的优惠。", "85%"),
    ("家电现在半价。", "50%"),
    ("百分之三十的折扣。", "30%"),
    ("客服电话 400-888-9999。", "400-888-9999"),
    ("打 13800138000 找店长。", "13800138000"),
    ("写信到 vip@xiaoer.example。", "vip@xiaoer.example"),
    ("上 www.xiaoer-sale.example 领取。", "www.xiaoer-sale.example"),
    ("订单 XD202611010005 是您的。", "XD202611010005"),
    ("填 BOSS90 就行。", "BOSS90"),
    ("优惠码 welcome 可用。", "welcome"),
    ("客服每天 9:00–22:00 在线。", "22:00"),
    ("客服晚上十点下班。", "晚上10点"),
    ("手语视频周一也有。", "周一"),
    ("周末没有客服。", "周末"),
    ("12 月 31 日前申请发票。", "12 月 31 日"),
    ("发票日期会是 2028 年。", "2028 年"),
    ("明天就能到。", "明天"),
    ("国庆期间照常。", "国庆"),
    ("礼品卡永久有效。", "永久"),
    ("每周送一张优惠券。", "每周"),
    ("一个订单可以用三个优惠码。", "3"),
    ("修过 5 次再说。", "5 次"),
    # figures of another matter
    ("退货 24 小时内到账。", "another matter"),
    ("包裹 5–7 天送到，仓库 7 天内发出。", "another matter"),
    ("满 ¥10 包邮。", "¥10"),
    ("仓库收到退货后 7 天内退款。", "7 天"),
    ("家电全场 92 折。", "92 折"),
    # promises
    ("我们会全额退款。", "refund"),
    ("给您赔偿。", "compensation"),
    ("送您一张优惠券。", "coupon"),
    ("给您发个红包表示歉意。", "coupon"),
    ("送您一份小礼物。", "gift"),
    ("这次给您免单。", "free"),
    ("所有订单都包邮。", "free"),
    ("不用付运费。", "free"),
    ("运费都由我们承担。", "payment by the shop"),
    ("我保证不会出问题。", "guarantee"),
    ("这双鞋绝对不磨脚。", "guarantee"),
    ("可以送到香港。", "delivery"),
    ("加钱就可以次日达。", "express"),
    ("这次破例给您延期。", "exception"),
    ("我给您打个折扣。", "discount"),
    ("直接换新的给您。", "replacement"),
    ("店长已经同意了，经理已批准。", "approval"),
    # what was not done
    ("已为您取消订单。", "done"),
    ("您的订单已取消。", "done"),
    ("我已经申请了退款。", "done"),
    ("我这就帮您查一下。", "done"),
    ("稍后会有专人联系您。", "done"),
    # the opposite
    ("支持货到付款。", "opposite"),
    ("支持 PayPal。", "opposite"),
]
CAUGHT_EN = [
    ("The return window is 60 days.", "60 days"),
    ("You can return it within sixty days.", "60 days"),
    ("Returns are possible for half a year.", "0.5 year"),
    ("It arrives in a fortnight.", "14 days"),
    ("Free delivery starts at ¥20.", "¥20"),
    ("Delivery costs twenty yuan.", "20 yuan"),
    ("Delivery costs $10.", "$10"),
    ("Appliances are 20% off.", "20%"),
    ("Appliances are half price.", "50%"),
    ("Appliances are thirty percent off.", "30 percent"),
    ("Call 400-888-9999.", "400-888-9999"),
    ("Write to vip@xiaoer.example.", "vip@xiaoer.example"),
    ("The order is XD202611010005.", "XD202611010005"),
    ("Type BOSS90 at checkout.", "BOSS90"),
    ("Type WINTERSALE at checkout.", "WINTERSALE"),
    ("We are here until 10 pm.", "10 pm"),
    ("We are here around the clock, 24/7.", "24/7"),
    ("Sign-language video is there on Mondays.", "Mondays"),
    ("Ask for the invoice by 31 December 2026.", "31 December 2026"),
    ("Ask for the invoice by December 1.", "December 1"),
    ("Invoices asked for later are dated 2028.", "2028"),
    ("It comes tomorrow.", "tomorrow"),
    ("Gift cards never expire.", "never expire"),
    ("Members get a ¥20 coupon every week.", "every week"),
    ("Use three codes on one order.", "3"),
    ("We pay twice the price.", "2 times"),
    ("Your refund is here by Christmas.", "Christmas"),
    ("Refunds arrive within 24 hours.", "another matter"),
    ("Items leave within 7 days.", "7 days"),
    ("We refund within 7 days.", "7 days"),
    ("Delivery is free from ¥10.", "¥10"),
    ("You will get a full refund.", "refund"),
    ("We will compensate you.", "compensation"),
    ("I can give you a voucher.", "coupon"),
    ("You get a special discount.", "discount"),
    ("There is a free gift for you.", "gift"),
    ("It's on the house.", "free"),
    ("Delivery is free.", "free"),
    ("All returns are free of charge.", "free"),
    ("We always pay the postage.", "payment by the shop"),
    ("I guarantee it.", "guarantee"),
    ("These shoes definitely won't hurt.", "guarantee"),
    ("We ship to Hong Kong.", "delivery"),
    ("We offer next-day delivery.", "express"),
    ("I'll make an exception.", "exception"),
    ("We send you a new one.", "replacement"),
    ("Your request is approved.", "approval"),
    ("I have cancelled your order.", "done"),
    ("Your order has been cancelled.", "done"),
    ("I've told the courier.", "done"),
    ("I'll look into it.", "done"),
    ("A colleague will call you.", "done"),
    ("There is no discount, but I will give you a coupon.", "coupon"),
    ("We take PayPal.", "opposite"),
    ("Damage by accident is covered.", "opposite"),
]
PASSED_ZH = [
    "您好！",
    "抱歉，这个我不太清楚。",
    "不客气，还有别的想问吗？",
    "现货 24 小时内发出。",
    "现货二十四小时内发出，一般两到四天送到。",
    "一般 2 到 4 天就送到了，偏远地区要 5–7 天。",
    "满 99 元包邮，不满的收 10 元运费。",
    "满九十九块包邮。",
    "优惠后满 ¥99 就包邮。",
    "没有次日达，加钱也不能提前。",
    "抱歉，没有加急。",
    "只送中国大陆，不送港澳台。",
    "签收后 7 天内可以退货，商品要完好如新。",
    "签收后七天内可以退换，不需要理由。",
    "一周内可以退货，商品要完好。",
    "仓库收到退回的商品后 1–3 个工作日内退款。",
    "商品有质量问题的，运费我们承担。",
    "无理由退货的运费由您出。",
    "电器保修一年。",
    "会员免费加入，每消费 ¥1 积 1 分。",
    "金卡每月送一张 ¥20 优惠券。",
    "优惠码不能叠加。",
    "过期的券不能延期，也不补发。",
    "人工客服每天早上九点到晚上九点在线。",
    "客服电话是 400-000-1234。",
    "手语视频每周三和周五下午两点到五点有。",
    "请在 2026 年 12 月 30 日 18:00 前申请发票。",
    "12 月 30 日 18 点前申请发票就行。",
    "家电全场八五折。",
    "家电打 8.5 折。",
    "新客优惠码是 HELLO30，满 ¥199 可用。",
    "不支持货到付款。",
    "同一故障修过 2 次仍没修好，免费换一台同款新机。",
    "我不能保证哪天送到。",
    "没有优惠券可以送您。",
    "我没法给您折扣。",
    "不一定能修好。",
    "我是店小二，找商品、查订单都可以跟我说。",
]
PASSED_EN = [
    "Hello!",
    "Sorry, I don't know that.",
    "You're welcome. Is there anything else?",
    "Items in stock leave within 24 hours.",
    "Items in stock leave within twenty-four hours.",
    "It usually arrives in two to four days, 5–7 days in remote areas.",
    "Delivery is free from 99 yuan.",
    "Below ¥99 delivery costs ¥10.",
    "There is no next-day delivery.",
    "We deliver to mainland China only, not abroad.",
    "You can return within 7 days of delivery, if the item is as good as new.",
    "You can return it within a week of delivery if it is as good as new.",
    "We refund within 1–3 working days after the item has reached our warehouse.",
    "If the item is faulty, we pay the return postage.",
    "Phones have a one-year warranty.",
    "Phones have a warranty of one year.",
    "Phones have a 12-month warranty.",
    "Membership is free.",
    "100 points take ¥1 off.",
    "Gold members get a ¥20 coupon each month.",
    "A coupon cannot be extended.",
    "Codes do not add up.",
    "Call us daily from 9 am to 9 pm.",
    "Write to service@xiaoer.example.",
    "Sign-language video is there on Wednesdays from 2 pm to 5 pm.",
    "Ask for the invoice by 30 December 2026.",
    "Ask for the invoice by December 30th, 18:00.",
    "All home appliances are 15% off.",
    "All home appliances are 15 percent off.",
    "New customers can use the code HELLO30, from ¥199.",
    "There is no cash on delivery.",
    "After 2 repairs with the same fault you get a new one of the same model free.",
    "I can't promise when it comes.",
    "I cannot give you a discount.",
    "There are no coupons for that.",
    "We don't offer compensation.",
    "I'm Xiaoer and can check orders.",
]


def articles() -> list[Any]:
    return [
        pytest.param(article[language]["answer"], language, id=f"{article['id']}-{language}")
        for path in sorted(KNOWLEDGE.glob("*.yml"))
        for article in yaml.safe_load(path.read_text(encoding="utf-8"))["articles"]
        for language in ("zh", "en")
    ]


@pytest.mark.parametrize(("reply", "report"), CAUGHT_ZH)
def test_it_catches_in_chinese(reply: str, report: str) -> None:
    assert any(report in found for found in unsupported(reply, ZH)), unsupported(reply, ZH)


@pytest.mark.parametrize(("reply", "report"), CAUGHT_EN)
def test_it_catches_in_english(reply: str, report: str) -> None:
    assert any(report in found for found in unsupported(reply, EN)), unsupported(reply, EN)


@pytest.mark.parametrize("reply", PASSED_ZH)
def test_it_passes_in_chinese(reply: str) -> None:
    assert unsupported(reply, ZH) == []


@pytest.mark.parametrize("reply", PASSED_EN)
def test_it_passes_in_english(reply: str) -> None:
    assert unsupported(reply, EN) == []


@pytest.mark.parametrize(("answer", "language"), articles())
def test_an_answer_word_for_word_is_supported(answer: str, language: str) -> None:
    assert unsupported(answer, [answer]) == []
    assert unsupported(answer, [*{"zh": ZH, "en": EN}[language], answer]) == []


@pytest.mark.parametrize(("answer", "language"), articles())
def test_any_one_number_changed_in_an_answer_is_caught(answer: str, language: str) -> None:
    other = next(number for number in ("37", "41", "53") if number not in answer)
    for number in re.finditer(r"\d+", answer):
        changed = answer[: number.start()] + other + answer[number.end() :]
        assert unsupported(changed, [answer]) != [], changed


WORDS = {
    "zh": {"两": "五", "三": "八", "四": "八", "半": "八"},
    "en": {
        "two": "five",
        "three": "eight",
        "four": "nine",
        "six": "eight",
        "sixth": "ninth",
        "twice": "tenfold",
    },
}


@pytest.mark.parametrize(("answer", "language"), articles())
def test_a_number_in_words_changed_in_an_answer_is_caught(answer: str, language: str) -> None:
    words = WORDS[language]
    pattern = "|".join(words) if language == "zh" else rf"\b(?:{'|'.join(words)})\b"
    for word in re.finditer(pattern, answer):
        changed = answer[: word.start()] + words[word[0]] + answer[word.end() :]
        assert unsupported(changed, [answer]) != [], changed


PARTS = [
    *"零一二两三五六七八九十百千万半点年月日周折元块个时天0159.,，。:-%¥第号退免不没送券已您会",
    *[
        " one ",
        " two ",
        " hundred ",
        " half ",
        " a ",
        " twenty ",
        " second ",
        " and ",
        " am ",
        " pm ",
        " no ",
        " free ",
        " refund ",
        " I have ",
    ],
]


@given(st.lists(st.sampled_from(PARTS), max_size=25).map("".join))
@settings(max_examples=200, deadline=None)
def test_whatever_a_text_says_it_supports_itself(text: str) -> None:
    assert unsupported(text, [text]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("下午两点半开门。", "14:30 开门。"),
        ("一万两千元。", "¥12,000。"),
        ("一个半月内有效。", "1.5 个月内有效。"),
        ("百分之十五的手续费。", "15% 的手续费。"),
        ("双12开始。", "双十二开始。"),
        ("It opens at noon.", "It opens at 12:00."),
        ("It costs one hundred and twenty yuan.", "It costs ¥120."),
        ("Wait half an hour.", "Wait 0.5 hours."),
        ("It starts on Double Twelve.", "It starts on double 12."),
        ("Done by 3 May 2026.", "Done by May 3rd, 2026."),
        ("Call +86 138 0013 8000.", "Call 13800138000."),
        ("Within three business days.", "Within 3 working days."),
    ],
)
def test_two_ways_of_writing_are_one_fact(one: str, other: str) -> None:
    assert unsupported(one, [other]) == []
    assert unsupported(other, [one]) == []


def test_what_is_allowed_may_be_repeated_in_any_context() -> None:
    reply = "请记下编号 HP-20261101-0007，或者点“全额退款说明”。"
    assert unsupported(reply, ZH) != []
    assert unsupported(reply, ZH, ["HP-20261101-0007", "请记下编号，或者点“全额退款说明”。"]) == []


def test_what_is_allowed_supports_nothing_beside_it() -> None:
    assert unsupported("Your reference is 12. It costs 13 yuan.", EN, ["12"]) == [
        "money (not in the evidence): 13 yuan"
    ]


def test_a_response_that_is_filled_in_later_is_no_evidence() -> None:
    assert unsupported("订单已取消。", ["订单 {number} 已取消。"]) != []
    assert unsupported("Your order is cancelled.", ["Order {number} is cancelled."]) != []


def test_without_evidence_every_fact_is_reported_once() -> None:
    assert unsupported("满 ¥99 包邮，满 ¥99 包邮。", []) == [
        "money (not in the evidence): ¥99",
        "promise of free: 满 ¥99 包邮",
    ]


def test_an_empty_reply_states_nothing() -> None:
    assert unsupported("", EN) == []
