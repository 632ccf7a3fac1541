"""Personal data in texts: phone numbers, identity numbers, bank cards, e-mail addresses.

Numbers are found however they are grouped: full-width digits, blanks, dots, hyphens and invisible
characters between digits do not hide them, nor do Chinese digits (一三八…) hide a mobile number.
Names, postal addresses and whatever has no form of its own are not found; order, tracking and
product numbers are not personal.

Sources:

* Identity numbers: GB 11643-1999, whose check digit is ISO 7064 MOD 11-2.
* Bank cards: ISO/IEC 7812-1 (the Luhn check digit and the first digits of the issuers).
* Phone numbers: the numbering plan of mainland China (mobile 1xx, area codes, 400 and 800).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

PHONE, IDENTITY_NUMBER, BANK_CARD, EMAIL = "phone", "identity number", "bank card", "e-mail"


@dataclass(frozen=True)
class Span:
    """A piece of personal data: `text[start:end]` of the text given, and its kind.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        kind: ``phone``, ``identity number``, ``bank card`` or ``e-mail``.
    """

    start: int
    end: int
    kind: str


def find(text: str, allowed: Iterable[str] = ()) -> list[Span]:
    """Return the personal data in `text`, in order; none overlap.

    Args:
        text: Any text.
        allowed: Phone numbers and e-mail addresses that are not personal, such as the shop's own
            hotline; how they are grouped does not matter.
    """
    plain, positions = _plain(text)
    if not _HINT.search(plain):
        return []
    not_personal = {_key(each) for each in allowed}
    spans: list[Span] = []
    for start, end, kind in _candidates(plain):
        if any(start < span.end and span.start < end for span in spans):
            continue
        spans.append(Span(start, end, kind))
    return [
        Span(positions[span.start], positions[span.end - 1] + 1, span.kind)
        for span in sorted(spans, key=lambda span: span.start)
        if _key(plain[span.start : span.end]) not in not_personal
    ]


def mask(text: str, allowed: Iterable[str] = ()) -> str:
    """Return `text` with its kind in brackets, such as ``[phone]``, for each piece `find` finds."""
    masked, end = [], 0
    for span in find(text, allowed):
        masked += [text[end : span.start], f"[{span.kind}]"]
        end = span.end
    return "".join([*masked, text[end:]])


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
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
# What is neither ASCII, nor Chinese, nor common punctuation may be another form of a digit.
_UNUSUAL = re.compile(
    "[^\x00-\x7f\xa5\xb0\xd7\u2010-\u201f\u3001-\u3011\u4e00-\u9fff\uff0c\uff1a\uff1b\uff1f\uff01\ufffc]"
)
# Without one of these there is nothing to find.
_HINT = re.compile(
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
_FOREIGN = re.compile(rf"(?<![0-9A-Za-z])\+{_GAP}?[1-9](?:[() ]?{_GAPS}[0-9]){{7,14}}(?![0-9])")
_SPOKEN = re.compile(
    "[一幺妖][三四五六七八九][零〇一二两三四五六七八九幺]{9}(?![零〇一二两三四五六七八九幺十百千万])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_%+-])?\s?@\s?"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """Return `text` half-width and without what cannot be seen, and where each character stood."""
    if not _UNUSUAL.search(text):
        return text, range(len(text))
    seen = [(place, each) for place, each in enumerate(text) if not _INVISIBLE.match(each)]
    return "".join(_half_width(each) for _, each in seen), [place for place, _ in seen]


def _half_width(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _candidates(plain: str) -> Iterator[tuple[int, int, str]]:
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


def _key(written: str) -> str:
    """Return what two ways to write one number or address have in common."""
    if "@" in written:
        return re.sub(r"\s", "", written.lower())
    digits = re.sub("[^0-9]", "", _plain(written)[0])
    return re.sub("^(?:00)?86(?=[0-9]{10})", "", digits).lstrip("0")
