"""Amounts as customers write them, in Arabic and Chinese numerals."""

import re

import cn2an

_ARABIC = re.compile(r"(\d+(?:[,，]\d{3})*(?:\.\d+)?)\s*([kKwW千万百]?)")
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
_FACTORS = {"": 1.0, "k": 1e3, "千": 1e3, "w": 1e4, "万": 1e4, "百": 1e2}
_UNITS = {"百": 10, "千": 100, "万": 1000}


def parse_amount(text: str) -> float | None:
    """Return the first amount in `text`, or `None` when there is none.

    Reads `1999`, `1,999.50`, `2k`, `1.5万`, `两千五`, `三百二十块`. A numeral after a unit counts a
    tenth of that unit, as it is said: 两千五 is 2500.
    """
    arabic = _ARABIC.search(text)
    chinese = _CHINESE.search(text)
    if arabic and (chinese is None or arabic.start() <= chinese.start()):
        digits = re.sub("[,，]", "", arabic.group(1))
        return float(digits) * _FACTORS[arabic.group(2).lower()]
    if chinese:
        return _parse_chinese(chinese.group())
    return None


def _parse_chinese(numeral: str) -> float | None:
    numeral = numeral.replace("〇", "零")
    if len(numeral) >= 3 and numeral[-2] in _UNITS and numeral[-1] in "一二两三四五六七八九":
        head = _parse_chinese(numeral[:-1])
        tail = _parse_chinese(numeral[-1])
        return None if head is None or tail is None else head + tail * _UNITS[numeral[-2]]
    try:
        return float(cn2an.cn2an(numeral, "smart"))
    except ValueError:
        return None
