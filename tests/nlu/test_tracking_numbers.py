"""Tracking numbers, their carriers and their check digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.nlu.tracking_numbers import (
    dhl_check_digit,
    fedex_check_digit,
    find_tracking_numbers,
    s10_check_digit,
    ups_check_digit,
)


def found(text):
    """What is found and lies in nothing longer, as the ruler sees it."""
    numbers = list(find_tracking_numbers(text))
    return [
        (text[start:end], number, carrier)
        for start, end, number, carrier in numbers
        if not any(a <= start and end <= b and b - a > end - start for a, b, *_ in numbers)
    ]


@pytest.mark.parametrize(
    ("text", "number", "carrier"),
    [
        ("SF1385628716739", "SF1385628716739", "SF"),
        ("sf 1385 6287 1673 9", "SF1385628716739", "SF"),
        ("SF-138562871673", "SF138562871673", "SF"),
        ("YT8962646785389", "YT8962646785389", "YTO"),
        ("ZT123456789012", "ZT123456789012", "ZTO"),
        ("STO1234567890", "STO1234567890", "STO"),
        ("YD1234567890123", "YD1234567890123", "YUNDA"),
        ("JDVA11408814483", "JDVA11408814483", "JD"),
        ("JDX024407261700", "JDX024407261700", "JD"),
        ("JT5261988016578", "JT5261988016578", "JT"),
        ("DPK202252612836", "DPK202252612836", "DEPPON"),
        ("EE123456785CN", "EE123456785CN", "EMS"),
        ("RB 123 456 785 CN", "RB123456785CN", "CHINA_POST"),
        ("RB123456785GB", "RB123456785GB", None),
        ("PA12345678901", "PA12345678901", "CHINA_POST"),
        ("1Z5R89390357567127", "1Z5R89390357567127", "UPS"),
        ("1Z 879 E93 03 4683 444 0", "1Z879E930346834440", "UPS"),
        ("JVGL0999999990", "JVGL0999999990", "DHL"),
        ("JJD0099999999", "JJD0099999999", "DHL"),
        ("GM2951173225174494", "GM2951173225174494", "DHL"),
    ],
)
def test_numbers_with_letters(text, number, carrier):
    assert found(f"运单{text}到哪了") == [(text, number, carrier)]
    assert found(f"where is {text.lower()}?") == [(text.lower(), number, carrier)]


@pytest.mark.parametrize(
    ("announced", "digits", "carrier"),
    [
        ("快递单号是", "773277027280336", "STO"),
        ("运单号: ", "73610555582883", "ZTO"),
        ("快递单号 ", "463431409940372", "YUNDA"),
        ("物流单号:", "1207119765021", "CHINA_POST"),
        ("tracking number is ", "986578788855", None),
        ("顺丰", "123456789012", "SF"),
        ("圆通快递单号", "123456789012", "YTO"),
        ("中通的单号是", "7361 0555 5828 83", "ZTO"),
        ("J&T Express ", "123456789012", "JT"),
        ("FedEx tracking no. ", "986578788855", "FEDEX"),
        ("fedex ", "5682 8361 0012 734", "FEDEX"),
        ("DHL waybill ", "3318810025", "DHL"),
        ("dhl: ", "73891051146", "DHL"),
    ],
)
def test_digits_alone_are_announced(announced, digits, carrier):
    assert found(announced + digits) == [(digits, digits.replace(" ", ""), carrier)]
    assert found(f"看看{digits}") == []


@pytest.mark.parametrize(
    "text",
    [
        "RB123456786GB",
        "EE123456789CN",
        "1Z5R89390357567128",
        "1Z1111111111111111",
        "FedEx 996578788855",
        "FedEx 568283610012732",
        "DHL 3318810034",
    ],
)
def test_a_wrong_check_digit_is_no_number(text):
    assert [number for _, number, _ in found(text)] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "快递还没到，订单202610050012",
        "京东订单12345678901234",
        "快递打13812345678",
        "运单号13812345678",
        "快递 20261005",
        "groups 1234567890",
        "XSF1234567890123",
        "SF123",
        "SF1234567890123X",
        "PH-1001-BK-128",
        "身份证110101199003070012",
        "maps 1234567890",
    ],
)
def test_what_is_none(text):
    assert found(text) == []


@given(st.text("0123456789", min_size=8, max_size=8), st.sampled_from("ERCLUV"))
def test_exactly_one_check_digit_fits_a_postal_item(serial, kind):
    fitting = [d for d in range(10) if found(f"{kind}A{serial}{d}CN")[0][1] is not None]
    assert fitting == [s10_check_digit(serial)]


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=15, max_size=15))
def test_exactly_one_check_digit_fits_a_ups_parcel(body):
    fitting = [d for d in range(10) if found(f"1Z{body}{d}")[0][1] is not None]
    assert fitting == [ups_check_digit(body)]


@given(
    st.text("0123456789", min_size=11, max_size=11), st.text("0123456789", min_size=14, max_size=14)
)
def test_exactly_one_check_digit_fits_fedex(express, ground):
    for body in (express, ground):
        fitting = [d for d in range(10) if found(f"FedEx {body}{d}")[0][1] is not None]
        assert fitting == [fedex_check_digit(body)]


@given(st.text("0123456789", min_size=9, max_size=10))
def test_exactly_one_check_digit_fits_dhl(body):
    numbers = {d: found(f"DHL {body}{d}") for d in range(10)}
    # Eleven digits may be a mobile.
    fitting = [d for d, each in numbers.items() if each and each[0][1] is not None]
    mobile = len(body) == 10 and body[0] == "1" and body[1] in "3456789"
    assert fitting == ([] if mobile else [dhl_check_digit(body)])


@given(
    st.sampled_from(["SF", "YT", "ZTO", "STO", "JD", "JDVA", "JT", "DPK"]),
    st.text("0123456789", min_size=12, max_size=13),
    st.sampled_from(["", " ", "-"]),
)
def test_separators_and_case_do_not_matter(prefix, digits, separator):
    spaced = " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
    for body in (digits, spaced) if len(digits) == 13 else (digits,):
        text = f"{prefix.lower()}{separator}{body}"
        assert [number for _, number, _ in found(text)] == [prefix + digits]
