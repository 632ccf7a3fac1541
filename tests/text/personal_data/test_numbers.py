"""Personal data is found however it is written, and nothing else is."""

import random
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.text.personal_data import Span, find, is_bank_card, is_identity_number, mask

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的电话13812345678，谢谢", "我的电话[phone]，谢谢"),
        ("138 1234 5678", "[phone]"),
        ("138-1234-5678 or 139.1234.5678", "[phone] or [phone]"),
        ("+86 138 1234 5678", "[phone]"),
        ("+8613812345678", "[phone]"),
        ("0086-13812345678", "[phone]"),
        ("8613812345678", "[phone]"),
        ("１３８１２３４５６７８", "[phone]"),
        ("1 3 8 1 2 3 4 5 6 7 8", "[phone]"),
        ("13\u200b8123\u200b45678", "[phone]"),
        ("一三八一二三四五六七八", "[phone]"),
        ("幺三八零零零零一二三四", "[phone]"),
        ("tel13812345678", "tel[phone]"),
        ("TEL13812345678", "TEL[phone]"),
        ("CALL ME AT 13812345678", "CALL ME AT [phone]"),
        ("010-12345678", "010-12345678"),  # no number of Beijing begins with 1
        ("010-62345678", "[phone]"),
        ("(021) 6234 5678", "[phone]"),
        ("（0571）87654321转801", "[phone]"),
        ("0571-8765432", "[phone]"),
        ("+86 21 6234 5678", "[phone]"),
        ("400-800-1234", "[phone]"),
        ("4008001234", "[phone]"),
        ("+1 415 555 0132", "[phone]"),
        ("+1 (212) 555-0198", "[phone]"),
        ("身份证11010519491231002X", "身份证[identity number]"),
        ("11010519491231002x", "[identity number]"),
        ("110105 19491231 002X", "[identity number]"),
        ("卡号6222 0210 0000 0000 004", "卡号6222 0210 0000 0000 004"),
        ("4111 1111 1111 1111", "[bank card]"),
        ("4111111111111111", "[bank card]"),
        ("378282246310005", "[bank card]"),
        ("邮箱zhang.san+x@mail.example.com。", "邮箱[e-mail]。"),
        ("ＺＳ＠ｍａｉｌ．ｃｏｍ", "[e-mail]"),
        ("a@b.cn和13812345678", "[e-mail]和[phone]"),
    ],
)
def test_mask(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "XD202611010003",
        "xd202610050012",
        "订单 XD202611010003 到哪了",
        "SF923342922295",
        "SF13812345678",
        "HA-6008",
        "XD202611130812345678",
        "2026-11-26 19:09",
        "尾号 1234",
        "13812345",  # three digits short
        "138123456789",  # one digit long
        "12812345678",  # no mobile number begins so
        "110105194912310021",  # wrong check digit
        "11010519491331002X",  # no such day
        "4111111111111112",  # wrong check digit
        "尺码 36 37 38 39 40 41 42 43 44",
        "130 140 150 160 170",
        "1 3 5 7 9 11 13 15 17",
        "¥1,799 和 20000mAh",
        "一三五七九",
        "@店小二 在吗",
        "name@host",
        "3.1415926535",
    ],
)
def test_what_is_not_personal(text):
    assert find(text) == []
    assert mask(text) == text


def test_spans_are_places_in_the_text_as_it_was_given():
    text = "电话\u200b 138\u200b1234\u200b5678，邮箱 ａ@b.cn"
    spans = find(text)
    assert [(text[one.start : one.end], one.kind) for one in spans] == [
        ("138\u200b1234\u200b5678", "phone"),
        ("ａ@b.cn", "e-mail"),
    ]


@pytest.mark.parametrize(
    "written", ["400-000-1234", "4000001234", "400 000 1234", "４００－０００－１２３４"]
)
def test_the_shop_s_own_hotline_is_allowed_however_it_is_grouped(written):
    assert find(written) == [Span(0, len(written), "phone")]
    assert find(written, allowed=["400-0001234"]) == []
    assert find("+86 138 1234 5678", allowed=["13812345678"]) == []
    assert find("Service@Xiaoer.example", allowed=["service@xiaoer.example"]) == []
    assert mask(f"{written} 13812345678", allowed=["4000001234"]) == f"{written} [phone]"


def test_the_shop_s_own_texts_hold_only_its_hotline_and_address():
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    own = ["400-000-1234", "service@xiaoer.example", "name@example.com"]
    texts = [variant["text"] for variants in responses.values() for variant in variants]
    assert len(texts) > 200
    assert [text for text in texts if find(text, allowed=own)] == []


def check_digit(body: str) -> str:
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return "10X98765432"[total % 11]


@given(
    area=st.integers(110000, 659999),
    day=st.dates(min_value=date(1900, 1, 1)),
    serial=st.integers(0, 999),
    around=st.sampled_from([("", ""), ("身份证号：", "。"), ("id ", " ok"), ("（", "）")]),
)
def test_any_identity_number_is_found_and_none_with_another_check_digit(area, day, serial, around):
    body = f"{area}{day:%Y%m%d}{serial:03}"
    before, after = around
    number = body + check_digit(body)
    assert is_identity_number(number)
    assert mask(before + number + after) == f"{before}[identity number]{after}"
    for other in set("0123456789X") - {number[-1]}:
        assert not is_identity_number(body + other)


def luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


@given(
    prefix=st.sampled_from(["62", "4", "51", "55", "2221", "35", "6011"]),
    length=st.sampled_from([16, 19]),
    seed=st.integers(0, 10**9),
    gap=st.sampled_from(["", " ", "-"]),
)
def test_any_bank_card_is_found_and_none_with_another_check_digit(prefix, length, seed, gap):
    digits = prefix + "".join(random.Random(seed).choices("0123456789", k=length - 1 - len(prefix)))
    number = digits + luhn(digits)
    assert is_bank_card(number)
    if is_identity_number(number):
        return
    grouped = gap.join(number[place : place + 4] for place in range(0, length, 4))
    if len(grouped.split(gap or " ")[-1]) >= 3:
        assert mask(f"卡 {grouped} 谢谢") == "卡 [bank card] 谢谢"
    assert not is_bank_card(digits + str((int(number[-1]) + 1) % 10))


@given(
    number=st.integers(13_000_000_000, 19_999_999_999).map(str),
    country=st.sampled_from(["", "+86", "+86 ", "0086", "86-"]),
    groups=st.sampled_from([(11,), (3, 4, 4), (3, 8), (5, 6), (4, 3, 4)]),
    gap=st.sampled_from([" ", "-", ".", " - "[1:], "\u200b"]),
    around=st.sampled_from([("", ""), ("电话", "打给我"), ("phone: ", "!"), ("（", "）")]),
)
def test_any_mobile_number_is_found(number, country, groups, gap, around):
    pieces, start = [], 0
    for width in groups:
        pieces.append(number[start : start + width])
        start += width
    before, after = around
    assert mask(before + country + gap.join(pieces) + after) == f"{before}[phone]{after}"


@given(st.text(alphabet="0123456789 -+.@abXD一三八零元￥，。()\u200b", max_size=80))
def test_masking_is_stable(text):
    masked = mask(text)
    assert mask(masked) == masked
    assert find(masked) == []


@given(st.integers(0, 10**12 - 1))
def test_no_order_number_is_personal(serial):
    assert find(f"订单 XD{serial:012} 和 xd{serial:012}") == []
