"""Amounts as customers write them, in Arabic and Chinese numerals."""

import re

import cn2an

_ARABIC = re.compile(
    r"([0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"\s*(?:([kKwW千万百])(?:([0-9])(?![0-9]))?)?"
)
# 1万2千5, 3千5百: Arabic digits that Chinese units join.
_MIXED = re.compile(r"[0-9]{1,4}[百千万](?:[0-9][十百千])+[0-9]?(?![0-9])")
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
_FACTORS = {"k": 1e3, "千": 1e3, "w": 1e4, "万": 1e4, "百": 1e2}
_DIGITS = "一二两三四五六七八九"
# "两三百" names a range; its upper end is what the customer would go to.
_RANGE = re.compile(f"[{_DIGITS}](?=[{_DIGITS}][十百千万])")
# 9块9, 三块五, 2元5角; 5毛 alone
_TENTHS = re.compile(rf"\s?[块元]([0-9{_DIGITS}])(?![0-9{_DIGITS}十百千万])")
_ONLY_TENTHS = re.compile(r"\s?[毛角]")
LARGEST = 1e12


def parse_amount(text: str) -> float | None:
    """Return the first amount in `text`, or `None` when there is none up to a trillion.

    Reads `1999`, `1,999.50`, `2k`, `1.5万`, `2千5`, `两千五`, `三百二十块`, `9块9`. A numeral after
    a unit counts a tenth of that unit, as it is said: 两千五 is 2500. 两三百 is 300. Chinese
    numerals are read by cn2an (https://github.com/Ailln/cn2an).
    """
    arabic = _ARABIC.search(text)
    chinese = _CHINESE.search(text)
    if arabic and (chinese is None or arabic.start() <= chinese.start()):
        mixed = _MIXED.match(text, arabic.start())
        end = (mixed or arabic).end()
        amount = _parse_numeral(mixed.group()) if mixed else _parse_arabic(arabic)
    elif chinese:
        end = chinese.end()
        amount = _parse_numeral(_RANGE.sub("", chinese.group()))
    else:
        return None
    if amount is None:
        return None
    if tenths := _TENTHS.match(text, end):
        amount = round(amount + parse_digit(tenths.group(1)) / 10, 2)
    elif _ONLY_TENTHS.match(text, end):
        amount = round(amount / 10, 2)
    return amount if amount <= LARGEST else None


def parse_digit(digit: str) -> int:
    """Return the value of one Arabic or Chinese digit from 1 on."""
    return int(digit) if digit.isdecimal() else int(cn2an.cn2an(digit, "smart"))


def parse_whole(numeral: str) -> int | None:
    """Return the whole number that is written in Arabic or Chinese numerals, or `None`.

    Reads digits one by one too, as years are said: 二〇二六 is 2026.
    """
    if numeral.isdecimal():
        return int(numeral)
    number = _parse_numeral(numeral)
    return None if number is None else int(number)


def _parse_arabic(match: re.Match[str]) -> float:
    digits, unit, tail = match.groups()
    factor = _FACTORS[unit.lower()] if unit else 1.0
    return float(re.sub("[,，]", "", digits)) * factor + int(tail or 0) * factor / 10


def _parse_numeral(numeral: str) -> float | None:
    try:
        return float(cn2an.cn2an(numeral.replace("〇", "零"), "smart"))
    except (ValueError, KeyError, OverflowError):
        return None
