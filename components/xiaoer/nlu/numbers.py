"""Amounts as customers write them, in Arabic and Chinese numerals."""

import re

import cn2an

_ARABIC = re.compile(
    r"([0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"\s*(?:([kKwW千万百])(?:([0-9])(?![0-9]))?)?"
)
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
_FACTORS = {"k": 1e3, "千": 1e3, "w": 1e4, "万": 1e4, "百": 1e2}
_UNITS = {"百": 10, "千": 100, "万": 1000}
_DIGITS = "一二两三四五六七八九"
# "两三百" names a range; its upper end is what the customer would go to.
_RANGE = re.compile(f"[{_DIGITS}](?=[{_DIGITS}][十百千万])")
LARGEST = 1e12


def parse_amount(text: str) -> float | None:
    """Return the first amount in `text`, or `None` when there is none up to a trillion.

    Reads `1999`, `1,999.50`, `2k`, `1.5万`, `2千5`, `两千五`, `三百二十块`. A numeral after a unit
    counts a tenth of that unit, as it is said: 两千五 is 2500. 两三百 is 300.
    """
    arabic = _ARABIC.search(text)
    chinese = _CHINESE.search(text)
    amount = None
    if arabic and (chinese is None or arabic.start() <= chinese.start()):
        amount = _parse_arabic(arabic)
    elif chinese:
        amount = _parse_chinese(_RANGE.sub("", chinese.group().replace("〇", "零")))
    return amount if amount is not None and amount <= LARGEST else None


def _parse_arabic(match: re.Match[str]) -> float:
    digits, unit, tail = match.groups()
    factor = _FACTORS[unit.lower()] if unit else 1.0
    return float(re.sub("[,，]", "", digits)) * factor + int(tail or 0) * factor / 10


def _parse_chinese(numeral: str) -> float | None:
    if len(numeral) >= 3 and numeral[-2] in _UNITS and numeral[-1] in _DIGITS:
        head = _parse_chinese(numeral[:-1])
        tail = _parse_chinese(numeral[-1])
        return None if head is None or tail is None else head + tail * _UNITS[numeral[-2]]
    try:
        return float(cn2an.cn2an(numeral, "smart"))
    except (ValueError, KeyError):
        return None
