"""Quantities: numbers with what they count, prices, percentages and discounts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.normalising import small
from xiaoer.generation.guard.reading.numerals import (
    CHINESE,
    DIGITS,
    Numeral,
    find_numerals,
    without_words,
)
from xiaoer.generation.guard.reading.units import Unit, units
from xiaoer.text.numbers import parse_amount

MONEY = "money:"
#: Per cent off: 85 折, 15 % off and 0.85 of the price are a discount of 15.
DISCOUNT = "discount"
PERCENT = "percent"
ORDINAL = "ordinal"

_YUAN = Unit("money:CNY", 1)
_PIECES = Unit("", 1)


@dataclass(frozen=True)
class _Found:
    """A numeral with the unit that was read for it; None where none stands at it."""

    numeral: Numeral
    unit: Unit | None
    start: int
    end: int
    by_sign: bool = False


def find_quantities(text: str) -> Iterator[Fact]:
    """Yield the quantities of the normalised `text`, from which other facts are blanked out.

    Each is told in its kind's base unit; one that stands in a range or a list without a unit has
    the unit of its neighbour: 2–4 天 is two days and four days.
    """
    special = list(_special(text))
    taken = [(fact.start, fact.end) for fact in special]
    rest = list(text)
    for start, end in taken:
        rest[start:end] = "￼" * (end - start)
    remaining = "".join(rest)
    found = [
        read
        for numeral in sorted(find_numerals(remaining), key=lambda each: each.start)
        if (read := _read(numeral, remaining)) is not None
    ]
    yield from special
    for each in _share_units(found, remaining):
        yield from _facts(each, text)


# Forms in which the number alone says too little -------------------------------------------------
_ANY = rf"(?:[0-9]+(?:\.[0-9]+)?|[{CHINESE}]+(?:点[{DIGITS}零]+)?)"
_ZHE = re.compile(rf"(?<![0-9.{CHINESE}第])({_ANY})\s?折(?![伞叠页刀射返痕旧算磨])")
_HALF_PRICE = re.compile(r"半价|(?<![A-Za-z0-9-])half[ -](?:the )?(?:price|off)(?![A-Za-z0-9-])")
_OFF_AFTER = (
    r"\s?(?:%|per ?cent)\s?(?:off\b|discounts?\b|cheaper\b|less\b|reductions?\b|coupons?\b|vouchers?\b"
    "|的?(?:优惠|折扣|减免))"
)
_OFF_BEFORE = r"(?:(?<![A-Za-z0-9-])(?:discounts? of|sav(?:e|es|ing)|reduced by|lowered by|minus)\s|立减|直降|优惠|便宜|降价?|减)\s?(?:了)?"
_OFF = re.compile(
    rf"(?<![0-9.])(?P<after>[0-9]+(?:\.[0-9]+)?){_OFF_AFTER}"
    rf"|{_OFF_BEFORE}(?P<before>[0-9]+(?:\.[0-9]+)?)\s?(?:%|per ?cent\b)",
)
_OF_HUNDRED = re.compile(rf"(?P<base>百|千)分之({_ANY})")
_FRACTION = re.compile(rf"([{CHINESE}]+)分之([{CHINESE}]+)")
_ENGLISH_FRACTION = re.compile(
    r"(?<![A-Za-z0-9-])(?P<count>an?|one|two|three|four)[ -](?P<part>thirds?|quarters?|fifths?)(?![A-Za-z0-9-])",
)
_PARTS = {"third": 3, "quarter": 4, "fifth": 5}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
# 9块9, 三块五, 2元5角: the digit after the unit counts tenths
_TENTHS = re.compile(
    rf"(?<![0-9.第{CHINESE}])(?:[0-9]+|[{CHINESE}]+)[块元](?:[1-9]|[{DIGITS}])(?:[毛角]|(?![0-9.{CHINESE}个件双斤盒瓶条只张袋本支台元块折%]))"
)
_HALVES = re.compile(
    r"半(?:个)?(?P<zh>小时|钟头|天|日|月|年|周|星期)"
    r"|(?<![A-Za-z0-9-])(?:half(?: an?|-an?)?|an? half)[ -](?P<en>hour|day|week|month|year)s?(?![A-Za-z0-9])",
)
_HALF_SPANS = {
    "小时": ("seconds", 1800.0),
    "钟头": ("seconds", 1800.0),
    "天": ("days", 0.5),
    "日": ("days", 0.5),
    "周": ("days", 3.5),
    "星期": ("days", 3.5),
    "月": ("months", 0.5),
    "年": ("months", 6.0),
    "hour": ("seconds", 1800.0),
    "day": ("days", 0.5),
    "week": ("days", 3.5),
    "month": ("months", 0.5),
    "year": ("months", 6.0),
}
# "24 hours a day" is a rate; after these words "a day" is a duration.
_A_SPAN = re.compile(
    r"(?<![A-Za-z0-9])(?:with)?(?:in|for|after|before|only|just|about|around|under|over|than|takes?|lasts?|another|half|up to|every) "
    r"an? (?P<unit>minute|hour|day|week|month|year)(?![A-Za-z0-9-])",
)
_SPANS = {
    "minute": ("seconds", 60.0),
    "hour": ("seconds", 3600.0),
    "day": ("days", 1.0),
    "week": ("days", 7.0),
    "month": ("months", 1.0),
    "year": ("months", 12.0),
}
_HALF = re.compile(
    r"一半|对半|半数|(?<![A-Za-z0-9-])half(?![A-Za-z0-9-])|(?<![A-Za-z0-9-])halves(?![A-Za-z0-9-])",
)
_ORDINAL = re.compile(
    rf"第\s?(?P<zh>[0-9]+|[{CHINESE}]+)|(?<![A-Za-z0-9-])(?P<digits>[0-9]+)(?:st|nd|rd|th)(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9-])(?P<en>third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|(?:first|second)(?=[ -](?:order|item|piece|purchase|year|month|week|day|pair|half|time)\b))(?![A-Za-z0-9-])",
)
_ORDINALS = {
    "first": 1.0,
    "second": 2.0,
    "third": 3.0,
    "fourth": 4.0,
    "fifth": 5.0,
    "sixth": 6.0,
    "seventh": 7.0,
    "eighth": 8.0,
    "ninth": 9.0,
    "tenth": 10.0,
    "eleventh": 11.0,
    "twelfth": 12.0,
}
_MULTIPLES = re.compile(
    r"双倍|(?<![A-Za-z0-9-])(?P<en>twice|double|triple)(?![A-Za-z0-9-])(?! (?:twelve|eleven|1[12]))",
)


def _special(text: str) -> Iterator[Fact]:
    taken: list[tuple[int, int]] = []
    text = small(text)
    for finder in (
        _discounts,
        _fractions,
        _tenths,
        _halves,
        _spans,
        _ordinals,
        _multiples,
    ):
        for fact in finder(text):
            if all(fact.end <= start or end <= fact.start for start, end in taken):
                taken.append((fact.start, fact.end))
                yield fact


def _discounts(text: str) -> Iterator[Fact]:
    for match in _ZHE.finditer(text) if "折" in text else ():
        paid = _tenths_paid(match.group(1))
        if paid is not None:
            yield _fact(DISCOUNT, 100 - 10 * paid, match, text)
    for match in _HALF_PRICE.finditer(text):
        yield _fact(DISCOUNT, 50.0, match, text)
    for match in _OFF.finditer(text):
        yield _fact(DISCOUNT, float(match["after"] or match["before"]), match, text)


def _tenths_paid(written: str) -> float | None:
    """Return the tenths of the price that are paid: 85, 8.5, 八五 and 八点五 are 8.5, 八 is 8."""
    if re.fullmatch(f"[{DIGITS}]零?[{DIGITS}]", written):
        written = "".join(str(DIGITS.index(digit) + 1) for digit in written.replace("零", ""))
    digits = [numeral for numeral in find_numerals(written) if numeral.end == len(written)]
    if not digits:
        return None
    value = digits[0].values[0]
    return value / 10 if value > 10 else value


def _fractions(text: str) -> Iterator[Fact]:
    for match in _OF_HUNDRED.finditer(text) if "分之" in text else ():
        value = _number(match.group(2))
        if value is not None:
            yield _fact(PERCENT, value / (1 if match["base"] == "百" else 10), match, text)
    for match in _FRACTION.finditer(text) if "分之" in text else ():
        below, above = _number(match.group(1)), _number(match.group(2))
        if below and above is not None:
            yield _fact("", above / below, match, text)
    for match in _ENGLISH_FRACTION.finditer(text):
        part = _PARTS[match["part"].lower().rstrip("s")]
        yield _fact("", _COUNTS[match["count"].lower()] / part, match, text)


def _tenths(text: str) -> Iterator[Fact]:
    for match in _TENTHS.finditer(text) if "块" in text or "元" in text else ():
        value = parse_amount(match.group())
        if value is not None:
            yield _fact(_YUAN.kind, value, match, text)


def _halves(text: str) -> Iterator[Fact]:
    for match in _HALVES.finditer(text):
        # 两个半小时 and 一年半 are read with their numeral.
        if not re.search(rf"[0-9{CHINESE}]个?$|(?:and a|and) $", text[: match.start()]):
            kind, value = _HALF_SPANS[(match["zh"] or match["en"]).lower()]
            yield _fact(kind, value, match, text)
    for match in _HALF.finditer(text):
        if not re.search(r" and an? $", text[: match.start()]):
            yield _fact("", 0.5, match, text)


def _spans(text: str) -> Iterator[Fact]:
    for match in _A_SPAN.finditer(text):
        kind, value = _SPANS[match["unit"].lower()]
        yield _fact(kind, value, match, text)


def _ordinals(text: str) -> Iterator[Fact]:
    text = without_words(text)
    for match in _ORDINAL.finditer(text):
        written = match["zh"] or match["digits"]
        value = _number(written) if written else _ORDINALS[match["en"].lower()]
        if value is not None:
            yield _fact(ORDINAL, value, match, text)


def _multiples(text: str) -> Iterator[Fact]:
    for match in _MULTIPLES.finditer(text):
        word = (match["en"] or "double").lower()
        kind = "times" if word == "twice" else "ratio"
        yield _fact(kind, 3.0 if word == "triple" else 2.0, match, text)


def _number(written: str) -> float | None:
    found = [numeral for numeral in find_numerals(written) if numeral.start == 0]
    return found[0].values[0] if found else None


def _fact(kind: str, value: float, match: re.Match[str], text: str) -> Fact:
    return Fact(kind, round(value, 6), match.start(), match.end(), match.group())


# Numerals with a unit ----------------------------------------------------------------------------
# 一 before a classifier is an article, not a count, unless after one of these: 限一件, 买一个.
_COUNTED = re.compile("[限购仅只买送赠满领用选抵换退补试订]$|最多|至少|每人|每单|每次$|每位$|每户$")
_VERBS = re.compile("[买送赠满减打领]$")
_LACK_OF = re.compile("(?:元|利息|首付|手续费|运费|风险|门槛)")
_SPEND = re.compile(r"(?:(?<!未)(?<!不)满|立减|再减|减|抵|省)\s?$")
_ORDERS_OVER = re.compile(
    r"(?:orders?|spend|spending|purchases?)(?: (?:over|above|of|from|worth|at least))*(?: at least)? $"
    r"|(?<![A-Za-z0-9-])save $",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(r"\s?(?:个半(?=小时|月|钟头)|半(?!身|价|成)| and an? half)", re.IGNORECASE)


def _read(numeral: Numeral, text: str) -> _Found | None:
    before = text[max(0, numeral.start - 24) : numeral.start]
    start, end = numeral.start, numeral.end
    if numeral.form == "digit" and not _counts(numeral, text, before):
        return None
    if sign := units().before(text, start):
        unit, start = sign
        return _Found(numeral, unit, start, end, by_sign=True)
    if numeral.form != "english" and re.search(r"(?:零下\s?|(?<![\w)])[-−])$", before):
        numeral = replace(numeral, values=tuple(-value for value in numeral.values))
    half = re.match(_AND_A_HALF, text[end:])
    if half and (with_half := units().after(text, end + half.end())):
        numeral, end = _and_a_half(numeral), end + half.end()
        unit, end = with_half
        return _Found(numeral, unit, start, end)
    if suffix := units().after(text, end):
        unit, end = suffix
        half = re.match(_AND_A_HALF, text[end:])
        if half and unit.kind in ("seconds", "days", "months"):
            return _Found(_and_a_half(numeral), unit, start, end + half.end())
        return _Found(numeral, unit, start, end)
    if _SPEND.search(before):
        return _Found(numeral, _YUAN, start, end)
    if _ORDERS_OVER.search(before) and not re.match(r"[ -]?[A-Za-z]", text[end : end + 2]):
        return _Found(numeral, _YUAN, start, end)
    return _Found(numeral, None, start, end)


def _counts(numeral: Numeral, text: str, before: str) -> bool:
    """Whether one Chinese numeral is a number where it stands."""
    character, after = text[numeral.start], text[numeral.end : numeral.end + 4].lstrip()
    if character in "零〇":
        return _LACK_OF.match(after) is not None
    if _VERBS.search(before):
        return True
    if character in "百千万亿":
        return re.match("[元块]", after) is not None
    unit = units().after(text, numeral.end)
    if character == "一" and unit and unit[0] == _PIECES and not _COUNTED.search(before):
        return False
    if re.match(
        rf"\s?(?:[至到~–-]|[到至]多)\s?[{DIGITS}两十]", text[numeral.end : numeral.end + 4]
    ):
        return True
    return unit is not None


def _and_a_half(numeral: Numeral) -> Numeral:
    return replace(numeral, values=tuple(value + 0.5 for value in numeral.values))


# What joins the ends of a range and the members of a list.
_JOIN = re.compile(r"\s?(?:-|–|—|−|~|～|至|到|、|,|，|/|或|和)\s?|,? (?:to|or|and) ", re.IGNORECASE)


def _share_units(found: list[_Found], text: str) -> Iterator[_Found]:
    """Give numbers without a unit that of the next or, with a currency sign, of the last one."""
    shared = list(found)
    for index in range(len(shared) - 2, -1, -1):
        one, following = shared[index], shared[index + 1]
        joined = _JOIN.fullmatch(text, one.end, following.start)
        if joined and one.unit is None and following.unit is not None and not following.by_sign:
            shared[index] = replace(one, unit=following.unit)
    for index in range(1, len(shared)):
        last, one = shared[index - 1], shared[index]
        joined = re.fullmatch(r"\s?(?:-|–|—|~|～|至|到|to)\s?", text[last.end : one.start])
        if joined and one.unit is None and last.by_sign:
            shared[index] = replace(one, unit=last.unit, by_sign=True)
    yield from shared


def _facts(found: _Found, text: str) -> Iterator[Fact]:
    unit = found.unit or _PIECES
    for value in found.numeral.values:
        yield Fact(
            unit.kind,
            round(value * unit.times, 6),
            found.start,
            found.end,
            text[found.start : found.end],
        )
