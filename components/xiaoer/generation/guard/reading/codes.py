"""Identifiers: addresses on the web, phone numbers, order, tracking and product numbers, codes."""

import re
from collections.abc import Iterator

from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.units import units
from xiaoer.text import personal_data

URL, EMAIL, PHONE = "url", "e-mail", "phone"
ORDER, TRACKING, SKU, CODE = "order number", "tracking number", "sku", "code"
#: Those that a reply may repeat from the customer's message.
REPEATABLE = (ORDER, TRACKING, SKU)

_URL = re.compile(
    r"(?:(?:https?|ftp)://|(?<![A-Za-z0-9@.-])www\.)[A-Za-z0-9\-._~:/?#\[\]@!$&'*+,;=%]+"
    r"|(?<![A-Za-z0-9@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|cn|net|org|shop|store|top|xyz|info|io|me|cc|vip|link|site|online|app|co|example)(?![A-Za-z0-9-]|\.[A-Za-z0-9])(?:/[A-Za-z0-9\-._~/?#&=%+]*)?",
    re.IGNORECASE | re.ASCII,
)
_ORDER = re.compile(r"(?<![A-Za-z0-9])XD[ -]?[0-9]{12}(?![A-Za-z0-9])", re.IGNORECASE)
_TRACKING = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z]{1,4}[ -]?[0-9]{8,18}(?:[A-Z]{2})?|[0-9]{10,20})(?![A-Za-z0-9]|-[0-9])",
    re.IGNORECASE,
)
_SKU = re.compile(
    r"(?<![A-Za-z0-9-])[A-Z]{2,3}-[0-9]{3,6}(?:-[A-Z0-9]{1,8}){0,4}(?![A-Za-z0-9])", re.IGNORECASE
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]+(?:[-_.'][A-Za-z0-9]+)*\+*")
# 15-inch, 6-digit, 2k, 3rd: numbers, not codes
_NUMBER = re.compile(r"[0-9][0-9,.]*(?:-?(?:st|nd|rd|th|k)|(?:-[A-Za-z]{3,})+)?", re.IGNORECASE)
_MEASURE = re.compile(r"[0-9][0-9,.]*(?:-[0-9][0-9,.]*)?-?(?=[A-Za-z])")
_CAPITALS = re.compile(r"(?<![A-Za-z0-9])[A-Z]{4,}(?![A-Za-z0-9])")


def find_codes(text: str) -> Iterator[Fact]:
    """Yield what identifies in the normalised `text`; the first of two that overlap is the better."""
    for match in _URL.finditer(text):
        written = match.group().rstrip(".,;:!?'])")
        value = re.sub(r"^(?:https?|ftp)://|^www\.", "", written.lower())
        value = value.removeprefix("www.").rstrip("/")
        yield Fact(URL, value, match.start(), match.start() + len(written), written)
    for span in personal_data.find(text):
        written = text[span.start : span.end]
        if span.kind == personal_data.EMAIL:
            yield Fact(EMAIL, written.lower().replace(" ", ""), span.start, span.end, written)
        elif span.kind == personal_data.PHONE:
            yield Fact(PHONE, phone_digits(written), span.start, span.end, written)
    for kind, pattern in ((ORDER, _ORDER), (SKU, _SKU), (TRACKING, _TRACKING)):
        for match in pattern.finditer(text):
            value = match.group().upper()
            value = value if kind == SKU else re.sub("[ -]", "", value)
            yield Fact(kind, value, *match.span(), match.group())


def find_names(text: str) -> Iterator[Fact]:
    """Yield words with digits and in capitals, such as IP68, HELLO30 and HEPA, but no measures."""
    for match in _TOKEN.finditer(text):
        token = match.group()
        if re.search("[0-9]", token) and re.search("[A-Za-z]", token) and not _is_number(token):
            yield Fact(CODE, token.upper(), *match.span(), token)
    for match in _CAPITALS.finditer(text):
        yield Fact(CODE, match.group(), *match.span(), match.group())


def _is_number(token: str) -> bool:
    if _NUMBER.fullmatch(token):
        return True
    measure = _MEASURE.match(token)
    unit = units().after(token, measure.end()) if measure else None
    return unit is not None and unit[1] == len(token)


def phone_digits(written: str) -> str:
    """Return the digits of a phone number without the country code of China."""
    return re.sub("^(?:00)?86(?=[0-9]{10})", "", re.sub("[^0-9]", "", written))
