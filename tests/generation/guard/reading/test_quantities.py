"""Quantities are found with their value and what they count, however they are written."""

import re
from itertools import pairwise

import cn2an
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xiaoer.generation.guard.reading.facts import find_facts
from xiaoer.generation.guard.reading.normalising import normalise

CNY = "money:CNY"


def quantities(text):
    return [(fact.kind, fact.value) for fact in find_facts(normalise(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # one duration in many forms
        ("7 天", [("days", 7)]),
        ("7天", [("days", 7)]),
        ("７天", [("days", 7)]),
        ("七天", [("days", 7)]),
        ("7 days", [("days", 7)]),
        ("seven days", [("days", 7)]),
        ("a 7-day return", [("days", 7)]),
        ("one week", [("days", 7)]),
        ("一周", [("days", 7)]),
        ("within a week", [("days", 7)]),
        ("24 小时", [("seconds", 86400)]),
        ("二十四个小时", [("seconds", 86400)]),
        ("24 hours", [("seconds", 86400)]),
        ("24天", [("days", 24)]),
        ("半小时", [("seconds", 1800)]),
        ("half an hour", [("seconds", 1800)]),
        ("30 分钟", [("seconds", 1800)]),
        ("两个半小时", [("seconds", 9000)]),
        ("two and a half hours", [("seconds", 9000)]),
        ("一年半", [("months", 18)]),
        ("半年", [("months", 6)]),
        ("six months", [("months", 6)]),
        ("12 个月", [("months", 12)]),
        ("a one-year warranty", [("months", 12)]),
        ("3 个工作日", [("working days", 3)]),
        ("3 working days", [("working days", 3)]),
        ("three business days", [("working days", 3)]),
        # money
        ("¥1,799", [(CNY, 1799)]),
        ("１，７９９元", [(CNY, 1799)]),
        ("三百二十元", [(CNY, 320)]),
        ("两千块", [(CNY, 2000)]),
        ("两千五百元", [(CNY, 2500)]),
        ("1.5万元", [(CNY, 15000)]),
        ("9块9", [(CNY, 9.9)]),
        ("三块五", [(CNY, 3.5)]),
        ("99.90 yuan", [(CNY, 99.9)]),
        ("two hundred and fifty yuan", [(CNY, 250)]),
        ("RMB 30", [(CNY, 30)]),
        ("300多元", [(CNY, 300)]),
        ("满199减30", [(CNY, 199), (CNY, 30)]),
        ("满三百减五十", [(CNY, 300), (CNY, 50)]),
        ("orders over 199", [(CNY, 199)]),
        ("$5", [("money:USD", 5)]),
        ("¥99–199", [(CNY, 99), (CNY, 199)]),
        ("99–199 元", [(CNY, 99), (CNY, 199)]),
        # percentages and discounts
        ("85 折", [("discount", 15)]),
        ("8.5折", [("discount", 15)]),
        ("八五折", [("discount", 15)]),
        ("八折", [("discount", 20)]),
        ("15% off", [("discount", 15)]),
        ("15 percent off", [("discount", 15)]),
        ("a discount of 15%", [("discount", 15)]),
        ("立减 15%", [("discount", 15)]),
        ("半价", [("discount", 50)]),
        ("half price", [("discount", 50)]),
        ("五折", [("discount", 50)]),
        ("15%", [("percent", 15)]),
        ("百分之十五", [("percent", 15)]),
        ("15 per cent", [("percent", 15)]),
        # ranges and lists share their unit
        ("2–4 天", [("days", 2), ("days", 4)]),
        ("2 至 4 天", [("days", 2), ("days", 4)]),
        ("两到四天", [("days", 2), ("days", 4)]),
        ("两三天", [("days", 2), ("days", 3)]),
        ("two to four days", [("days", 2), ("days", 4)]),
        ("2-4 days", [("days", 2), ("days", 4)]),
        ("7, 15 or 30 days", [("days", 7), ("days", 15), ("days", 30)]),
        ("7、15、30 天", [("days", 7), ("days", 15), ("days", 30)]),
        # measures
        ("2 kg", [("grams", 2000)]),
        ("2千克", [("grams", 2000)]),
        ("4斤", [("grams", 2000)]),
        ("1 升", [("litres", 1)]),
        ("500ml", [("litres", 0.5)]),
        ("25.2 厘米", [("metres", 0.252)]),
        ("252 mm", [("metres", 0.252)]),
        ("15-inch", [("inches", 15)]),
        ("15 英寸", [("inches", 15)]),
        ("30℃", [("degrees", 30)]),
        ("零下5度", [("degrees", -5)]),
        ("-5°C", [("degrees", -5)]),
        ("2千瓦", [("watts", 2000)]),
        ("2 kW", [("watts", 2000)]),
        ("两万毫安", [("milliamp hours", 20000)]),
        ("20,000 mAh", [("milliamp hours", 20000)]),
        ("128GB", [("gigabytes", 128)]),
        ("5 stars", [("stars", 5)]),
        ("五星", [("stars", 5)]),
        ("100 points", [("points", 100)]),
        ("100 积分", [("points", 100)]),
        ("14 岁", [("age", 14)]),
        # counts
        ("3 件", [("", 3)]),
        ("三件", [("", 3)]),
        ("3 items", [("", 3)]),
        ("a dozen", [("", 12)]),
        ("twenty-five", [("", 25)]),
        ("买一送一", [("", 1), ("", 1)]),
        ("限购一件", [("", 1)]),
        ("第二件半价", [("ordinal", 2), ("discount", 50)]),
        ("the 2nd item", [("ordinal", 2)]),
        ("双倍积分", [("ratio", 2)]),
        ("twice", [("times", 2)]),
        ("买③送①", [("", 3), ("", 1)]),
        ("٣ 天", [("days", 3)]),
        (".5 kg", [("grams", 5000)]),
        ("三分之一", [("", 0.333333)]),
        ("一半", [("", 0.5)]),
    ],
)
def test_forms(text, found):
    assert quantities(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "一般一样一下一些一起一直一定一切一律一致",
        "统一、唯一、万一、之一、任一、同一",
        "一个好选择，一种办法，一款手机，一家店",
        "十分满意，千万别急，百货百搭",
        "二手、二维码、三方、四季、五金、六神、七夕、八宝",
        "零食零钱零件",
        "一次性，一条龙，一点也不贵",
        "半身裙、半入耳",
        "三折伞是折叠的",
        "one of them, no one, the right one, one another, choose one.",
        "a coupon, a day's work, an item",
        "once it ships",
        "1. 第一时间\n2) 好\n③ 行\n- 对",
    ],
)
def test_words_that_count_nothing(text):
    assert quantities(text) == []


ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety"


def english(number: int) -> str:
    """Spell a number below a million."""
    ones = ONES.split()
    tens = TENS.split()
    if number < 20:
        return ones[number]
    if number < 100:
        return tens[number // 10] + (f"-{ones[number % 10]}" if number % 10 else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    rest = number % size
    link = " and " if rest and rest < 100 else " " if rest else ""
    return f"{english(number // size)} {name}{link}{english(rest) if rest else ''}"


def full_width(text: str) -> str:
    return text.translate({ord(ascii): ord(ascii) + 0xFEE0 for ascii in "0123456789,."}).replace(
        "，", "，"
    )


UNITS = st.sampled_from(
    [
        ("元", CNY, 1),
        ("天", "days", 1),
        ("小时", "seconds", 3600),
        ("件", "", 1),
        ("个月", "months", 1),
        ("度", "degrees", 1),
        ("周内", "days", 7),
    ]
)
ENGLISH_UNITS = st.sampled_from(
    [("yuan", CNY, 1), ("days", "days", 1), ("hours", "seconds", 3600), ("items", "", 1)]
)
AROUND = st.sampled_from([("", ""), ("大约", "左右"), ("（", "）"), ("共", "。")])


@given(st.integers(1, 99_999_999), UNITS, AROUND, st.booleans())
def test_any_whole_number_in_chinese_texts(number, unit, around, blank):
    name, kind, times = unit
    before, after = around
    gap = " " if blank else ""
    colloquial = re.sub("二(?=[百千万])", "两", cn2an.an2cn(number))
    for written in (
        str(number),
        f"{number:,}",
        full_width(str(number)),
        full_width(f"{number:,}"),
        cn2an.an2cn(number),
        colloquial if number >= 100 else str(number),
    ):
        # 一件 is an article as "an item" is, and 一度 is "once".
        if (written, name) not in (("一", "件"), ("一", "度")):
            found = quantities(f"{before}{written}{gap}{name}{after}")
            assert found == [(kind, number * times)], written


@given(st.integers(1, 9999), st.integers(1, 9), UNITS)
def test_any_decimal_number(whole, tenth, unit):
    name, kind, times = unit
    value = round((whole + tenth / 10) * times, 6)
    digit = cn2an.an2cn(tenth)
    for written in (
        f"{whole}.{tenth}",
        full_width(f"{whole}.{tenth}"),
        f"{cn2an.an2cn(whole)}点{digit}",
    ):
        assert quantities(f"约 {written}{name}") == [(kind, value)], written
    assert quantities(f"{whole}.{tenth}万元") == [(CNY, round((whole + tenth / 10) * 10_000, 6))]


@given(
    st.integers(2, 999_999), ENGLISH_UNITS, st.sampled_from([("", ""), ("about ", "."), ("(", ")")])
)
def test_any_whole_number_in_english_texts(number, unit, around):
    name, kind, times = unit
    before, after = around
    for written in (str(number), f"{number:,}", english(number), english(number).capitalize()):
        found = quantities(f"{before}{written} {name}{after}")
        assert found == [(kind, number * times)], written


@given(st.integers(1, 9_999_999))
def test_any_price_with_a_sign(cents):
    amount = cents / 100
    for written in (f"¥{amount:,.2f}", f"￥{amount:.2f}", f"RMB {amount:,.2f}", f"{amount:.2f}元"):
        assert quantities(written) == [(CNY, amount)], written


@given(st.integers(11, 99))
def test_any_discount_in_both_ways_to_count(tenths):
    assume(tenths % 10)
    off = 100 - tenths
    first, second = (cn2an.an2cn(int(digit)) for digit in str(tenths))
    for written in (
        f"{tenths}折",
        f"{tenths} 折",
        f"{tenths / 10}折",
        f"{first}{second}折",
        f"{first}点{second}折",
        f"{off}% off",
        f"{off} percent off",
        f"a {off}% discount",
    ):
        assert quantities(written) == [("discount", off)], written


@given(st.text(max_size=120))
def test_each_digit_belongs_to_a_fact(text):
    plain = normalise(text)
    facts = find_facts(plain)
    # List markers count lines and nothing else.
    rest = re.sub(r"(?m)^[ \t]*(?:(?:[1-9]|1[0-9]|20)(?:[.)、](?![0-9])))", "", plain)
    covered = "".join(fact.text for fact in facts)
    for digit in set(re.findall("[0-9]", rest)):
        assert covered.count(digit) >= rest.count(digit)


@given(st.text(alphabet="0123456789一二三十百万半折元天个件第.,，-–%¥ kgXD:年月日点", max_size=60))
def test_no_two_facts_overlap_unless_written_as_one(text):
    facts = find_facts(normalise(text))
    for one, two in pairwise(facts):
        assert one.end <= two.start or (one.start, one.end) == (two.start, two.end)
