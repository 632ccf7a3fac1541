"""Tracking numbers of the carriers that a shop in China uses, told by their formats.

A number with letters says what it is and mostly whose: SF, YT, JT … A number of digits alone may
be an order, a phone or a bank card; it counts only after words that announce it (快递单号, tracking
number) or after a carrier's name, and belongs to the carrier named, else to the one whose numbers
begin so. Twelve digits, which SF and FedEx and others use, tell no carrier.

Sources of the formats:

* UPU S10 (13 characters, check digit): https://www.upu.int/en/postal-solutions/programmes-services/standards
* UPS, FedEx, DHL and their check digits: https://github.com/jkeen/tracking_number_data
* The Chinese carriers, none of which publishes its rule; the prefixes and lengths that their
  numbers show: https://github.com/BF-zh/Courier-Validation. Lengths are read with some tolerance,
  for carriers change them.
"""

import re
from collections.abc import Callable, Iterator

_SPACED = "[0-9]{10,14}|[0-9]{4}(?:[ -][0-9]{4}){1,2}[ -][0-9]{1,4}"
#: Prefix -> carrier. The longest prefixes come first.
_PREFIXES = {
    "SF[A-Z]?": "SF",
    "YTO?": "YTO",
    "ZTO?": "ZTO",
    "STO": "STO",
    "YD": "YUNDA",
    "JD[A-Z]{0,2}": "JD",
    "JT": "JT",
    "DPK?": "DEPPON",
}
_NAMES = {
    "顺丰": "SF",
    "sf(?: express)?": "SF",
    "圆通": "YTO",
    "yto": "YTO",
    "中通": "ZTO",
    "zto": "ZTO",
    "申通": "STO",
    "sto": "STO",
    "韵达": "YUNDA",
    "yunda": "YUNDA",
    "京东": "JD",
    "极兔": "JT",
    "j&t(?: express)?": "JT",
    "德邦": "DEPPON",
    "deppon": "DEPPON",
    "ems": "EMS",
    "(?:中国)?邮政": "CHINA_POST",
    "china post": "CHINA_POST",
    "ups": "UPS",
    "fedex": "FEDEX",
    "联邦": "FEDEX",
    "dhl": "DHL",
}


def s10_check_digit(serial: str) -> int:
    """Return the check digit of the eight digits of a postal item (UPU S10, 5.3)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)
    )
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def ups_check_digit(body: str) -> int:
    """Return the check digit of the 15 characters between `1Z` and it; letters count modulo 10."""
    values = [int(one) if one.isdecimal() else (ord(one) - 3) % 10 for one in body]
    return -sum(value * (1 + place % 2) for place, value in enumerate(values)) % 10


def fedex_check_digit(body: str) -> int:
    """Return the check digit after the 11 digits of an Express or the 14 of a Ground number."""
    if len(body) == 11:
        weighted = sum(int(digit) * (3, 1, 7)[place % 3] for place, digit in enumerate(body))
        return weighted % 11 % 10
    return -sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(body)) % 10


def dhl_check_digit(body: str) -> int:
    """Return the check digit after the nine or ten digits of an Express waybill."""
    return int(body) % 7


def find_tracking_numbers(text: str) -> Iterator[tuple[int, int, str | None, str | None]]:
    """Yield start, end, the number in capitals without separators, and its carrier if it is told.

    The third is `None` where a check digit says that the number is mistyped.
    """
    for match in _LETTERED.finditer(text):
        number = re.sub("[^A-Z0-9]", "", match.group().upper())
        yield *match.span(), number if _is_checked(match, number) else None, _carrier(match, number)
    for match in _ANNOUNCED.finditer(text):
        digits = re.sub("[^0-9]", "", match["digits"])
        if not _MOBILE.fullmatch(digits):
            carrier = _named(match["name"]) if match["name"] else _by_format(digits)
            check_digit = _CHECKED.get((carrier, len(digits)))
            valid = check_digit is None or int(digits[-1]) == check_digit(digits[:-1])
            yield *match.span("digits"), digits if valid else None, carrier


def _is_checked(match: re.Match[str], number: str) -> bool:
    if match["postal"]:
        return int(number[10]) == s10_check_digit(number[2:10])
    if match["ups"]:
        return number[-1] == str(ups_check_digit(number[2:-1]))
    return True


def _carrier(match: re.Match[str], number: str) -> str | None:
    if match["postal"]:
        if not number.endswith("CN"):
            return None
        return "EMS" if number.startswith("E") else "CHINA_POST"
    if match["chinese"]:
        return next(
            name for form, name in _PREFIXES.items() if re.match(f"(?:{form})[0-9]", number)
        )
    return "UPS" if match["ups"] else "CHINA_POST" if match["parcel"] else "DHL"


def _named(name: str) -> str:
    words = " ".join(name.lower().split())
    return next(carrier for form, carrier in _NAMES.items() if re.fullmatch(form, words))


def _by_format(digits: str) -> str | None:
    for form, carrier in _DIGITS_ALONE.items():
        if re.fullmatch(form, digits):
            return carrier
    return None


_DIGITS_ALONE = {
    "7[3-68][0-9]{12}": "ZTO",
    "77[0-9]{13}": "STO",
    "[34][0-9]{14}|5[0-9]{12}": "YUNDA",
    "[19][0-9]{12}": "CHINA_POST",
}
_CHECKED: dict[tuple[str | None, int], Callable[[str], int]] = {
    ("FEDEX", 12): fedex_check_digit,
    ("FEDEX", 15): fedex_check_digit,
    ("DHL", 10): dhl_check_digit,
    ("DHL", 11): dhl_check_digit,
}
_MOBILE = re.compile("1[3-9][0-9]{9}")
_LETTERED = re.compile(
    r"(?<![A-Z0-9])(?:"
    rf"(?P<chinese>(?:{'|'.join(_PREFIXES)})[ -]?(?:{_SPACED}))"
    r"|(?P<postal>[A-Z]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3} ?[A-Z]{2})"
    r"|(?P<parcel>P[A-Z][0-9]{11})"
    r"|(?P<ups>1Z ?[A-Z0-9]{3} ?[A-Z0-9]{3} ?[A-Z0-9]{2} ?[A-Z0-9]{4} ?[A-Z0-9]{3} ?[0-9])"
    r"|J(?:JD|VGL)[0-9]{9,18}|GM[0-9]{16,18}"
    r")(?![A-Z0-9]|-[0-9])",
    re.IGNORECASE | re.ASCII,
)
_ANNOUNCED = re.compile(
    rf"(?<![A-Z0-9])(?:(?P<name>{'|'.join(_NAMES)})|快递|运单|物流|包裹|面单|tracking|waybill|awb|parcel)"
    r"(?:[ :#,，.是为的]|快递|速递|速运|物流|运单|单号|单|号码|编号|号|tracking|waybill|parcel|number|num|no|code|id|is){0,8}"
    r"(?<![A-Z0-9])(?P<digits>[0-9]{10,20}|[0-9]{4}(?:[ -][0-9]{4}){1,3}[ -][0-9]{1,4})"
    r"(?![A-Z0-9]|-[0-9])",
    re.IGNORECASE | re.ASCII,
)
