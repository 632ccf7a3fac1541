"""Phone numbers, identity numbers, bank cards and e-mail addresses.

Numbers are found however they are grouped: full-width digits, blanks, dots, hyphens and invisible
characters between digits do not hide them, nor do Chinese digits (一三八…) hide a mobile number.

Sources:

* Identity numbers: GB 11643-1999, whose check digit is ISO 7064 MOD 11-2.
* Bank cards: ISO/IEC 7812-1 (the Luhn check digit and the first digits of the issuers).
* Phone numbers: the numbering plan of mainland China (mobile 1xx, area codes, 400 and 800).
"""

import re
from collections.abc import Iterator
from datetime import date

from xiaoer.text.personal_data.span import BANK_CARD, EMAIL, IDENTITY_NUMBER, PHONE


def is_identity_number(digits: str) -> bool:
    """Whether 18 characters are an identity number: a day of birth that is, and the check digit."""
    if not re.fullmatch("[1-9][0-9]{16}[0-9Xx]", digits):
        return False
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    weighted = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits[:17]))
    return born.year >= 1850 and "10X98765432"[weighted % 11] == digits[17].upper()


def is_bank_card(digits: str) -> bool:
    """Whether the digits are those of a payment card: an issuer's first digits and Luhn's check."""
    if not _ISSUER.fullmatch(digits):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


# UnionPay 62 and 9, Visa, Mastercard, JCB, Discover and Maestro 5/6: 16 to 19; American Express: 15
_ISSUER = re.compile("3[47][0-9]{13}|(?:2[2-7]|35|5[0-9]|6[0-9])[0-9]{14,17}|[49][0-9]{15,18}")
#: Without one of these there is nothing to find.
HINT = re.compile(
    "@|[0-9](?:[^0-9]{0,4}[0-9]){6}|[一幺妖][三四五六七八九][零〇一二两三四五六七八九幺]"
)
# Between groups of digits: blanks, dots, hyphens. Groups of one or two are more often a list of
# numbers, unless each digit stands alone.
_GAP = r"[\s.·•_\-‐-―]"
_GAPS = _GAP + "{0,2}"
# Letters before a number make it that of an order or a parcel, unless they announce a phone.
_ANNOUNCED = "|".join(
    f"(?<={word})"
    for word in ("tel", "phone", "mobile", "call", "number", "wechat", "weixin", "wx", "vx")
)
_BEFORE = rf"(?i:(?<![0-9])(?<![0-9][.,])(?:(?<![a-z])|{_ANNOUNCED}))"
_LONG = re.compile(
    rf"(?<![0-9A-Z])(?:[0-9]{{3,}}(?:{_GAP}{{1,2}}[0-9]{{3,}}){{0,5}}|[0-9](?:{_GAP}[0-9]){{14,18}})"
    rf"(?:{_GAPS}[Xx])?(?![0-9A-Za-z])"
)
_COUNTRY = rf"(?:(?:\+|00){_GAP}?86{_GAPS}|86{_GAPS})?"
_MOBILE = re.compile(
    rf"{_BEFORE}{_COUNTRY}(?:1[3-9][0-9](?:{_GAPS}[0-9]{{4}}){{2}}|1[3-9][0-9]{_GAPS}[0-9]{{3}}{_GAPS}[0-9]{{5}}"
    rf"|1[3-9][0-9]{{2}}{_GAPS}[0-9]{{3}}{_GAPS}[0-9]{{4}}|1[3-9][0-9]{{3}}{_GAPS}[0-9]{{6}}"
    rf"|1{_GAP}[3-9](?:{_GAP}[0-9]){{9}})(?![0-9]|\.[0-9])"
)
_LANDLINE = re.compile(
    rf"{_BEFORE}(?:(?:\+|00)86{_GAPS}[(（]?0?|[(（]?0)(?:10|2[0-9]|[3-9][0-9]{{2}})[)）]?{_GAPS}"
    rf"[2-9][0-9]{{2,3}}{_GAPS}[0-9]{{4}}(?![0-9])(?:\s?(?:-|转|ext\.? ?)\s?[0-9]{{1,5}}(?![0-9]))?"
)
_SERVICE = re.compile(
    rf"{_BEFORE}[48]00{_GAPS}(?:[0-9]{{3}}{_GAPS}[0-9]{{4}}|[0-9]{{4}}{_GAPS}[0-9]{{3}})(?![0-9])"
)
_FOREIGN = re.compile(
    rf"(?<![0-9A-Za-z])\+{_GAP}?[1-9](?:{_GAPS}[()]{{0,2}}{_GAPS}[0-9]){{7,14}}(?![0-9])"
)
_SPOKEN = re.compile(
    "[一幺妖][三四五六七八九][零〇一二两三四五六七八九幺]{9}(?![零〇一二两三四五六七八九幺十百千万])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_%+-])?\s?@\s?"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)


def candidates(plain: str) -> Iterator[tuple[int, int, str]]:
    """Yield places and kinds of what looks like one; the first of two that overlap holds."""
    for match in _EMAIL.finditer(plain):
        yield *match.span(), EMAIL
    longs = list(_LONG.finditer(plain))
    for test, kind in ((is_identity_number, IDENTITY_NUMBER), (is_bank_card, BANK_CARD)):
        for match in longs:
            if test(re.sub("[^0-9Xx]", "", match.group())):
                yield *match.span(), kind
    for pattern in (_MOBILE, _LANDLINE, _SERVICE, _FOREIGN, _SPOKEN):
        for match in pattern.finditer(plain):
            yield *match.span(), PHONE
