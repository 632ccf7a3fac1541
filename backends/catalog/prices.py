"""Prices as customers say them: "under 2000", 两千以下, 500到1000, 2k, ¥1999."""

from __future__ import annotations

import re
from dataclasses import dataclass

import cn2an

MOST = 10_000_000.0
# A plain price is a wish, not a bound: this far from it counts as "about".
ABOUT = 0.2

# Lengths are bounded: no price is longer, and a row of 500 digits must not cost half a second.
_DIGITS = r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?"
_HAN = "零〇一二两三四五六七八九十百千万"
_NUMBER = rf"(?:(?:{_DIGITS})\s?(?:[kw千万百](?![a-z]))?(?:[1-9一二三四五六七八九](?!\d))?|[{_HAN}]{{1,12}})"
_MONEY_BEFORE = r"(?:[¥$]|rmb|cny|yuan)\s*"
_MONEY_AFTER = (
    r"\s*(?:元|块钱|块(?!拼图|积木)|人民币|rmb|cny|yuan|kuai|bucks?\b|dollars?\b|大洋|毛爷爷)"
)
_SUM = rf"(?:{_MONEY_BEFORE})?{_NUMBER}(?:{_MONEY_AFTER})?"

# What makes a number a measure and not a price.
_MEASURE = re.compile(
    r"""\s*-?\s*(?:
        (?:mah|gb|tb|mb|mp|ml|cl|kg|mg|mm|cm|km|hz|khz|db|lm|ma|wh|oz|lbs?|pcs|ppi|dpi|fps|nm|in|ft
        |[glwvmx"]|[dh](?=\b)|inch(?:es)?|years?|yrs?|y/?o|months?|days?|hours?|hrs?|min(?:ute)?s?
        |people|persons?|players?|pieces?|packs?|litres?|liters?|grams?|watts?|pixels?|megapixels?
        |degrees?|cups?|bags?|layers?|times|mins|metres?|meters?|kilos?|stars?|reviews?|sizes?)\b
        |[岁人码寸升斤克瓦片层度级倍折天年月颗粒袋包盒瓶杯本张支条台件套个位代星口门档针米号分w%℃°]
        |英寸|毫安|毫升|公斤|千克|厘米|毫米|小时|分钟|万?像素|赫兹|分贝|块(?:拼图|积木)|[双对](?=[^/]|$)
        |元素
    )""",
    re.VERBOSE,
)
_SCREEN = re.compile(
    r"\s*(?:屏|显示|分辨|画质|视频|电视|投影|摄|高清|超清|screen|display|monitor|video|tv|resolution|camera|hdr|oled)"
)

_UPPER_BEFORE = (
    r"under|below|less than|lower than|cheaper than|no more than|not more than|not over|at most|"
    r"up to|upto|within|maximum of|maximum|max(?:imum)? price|max\.?|budget(?: is| of|:)?|<=?|≤|"
    r"不超过|别超过|不要超过|不能超过|不高于|不多于|不大于|(?<!不)(?:低于|少于|小于)|最多|最高|最贵|顶多|至多|封顶|"
    r"预算(?:是|为|大概|只有|在|:)?"
)
_UPPER_AFTER = (
    r"以下|以内|之内|之下|内(?!存)|不到|封顶|or less|or under|or below|or cheaper|and under|"
    r"and below|max(?:imum)?|tops|budget|的?预算"
)
_LOWER_BEFORE = (
    r"over|above|more than|higher than|no less than|not less than|not under|at least|starting at|"
    r"starting from|from|minimum of|minimum|min\.?|>=?|≥|不低于|不少于|不小于|高于|超过|大于|多于|"
    r"至少|最低|最少"
)
_LOWER_AFTER = (
    r"以上|之上|起步|起(?!泡|球|毛)|往上|向上|开外|or more|or above|or over|or higher|and up|"
    r"and above|and over|\+|plus|min(?:imum)?"
)
_ABOUT_BEFORE = (
    r"around|about|approximately|roughly|approx\.?|circa|~|大概|大约|差不多|约|价位|价格"
)
_ABOUT_AFTER = r"左右|上下|前后|or so|ish|-ish|价位|级别?"
_TO = r"\s*(?:到|至|~|-|–|—|--|to|and|和|跟)\s*"

_RANGE = re.compile(
    rf"(?:between\s+|from\s+|在|从|介于)?(?P<low>{_SUM}){_TO}(?P<high>{_SUM})"
    r"(?:\s*(?:之间|的?价位|区间|左右|范围|以内|内(?!存)))?"
)
_BOUNDS = re.compile(
    rf"(?:最低|at least|from)\s*(?P<low>{_SUM})\s*,?\s*(?:最高|at most|up to)\s*(?P<high>{_SUM})"
)
_PAIR = re.compile(
    r"(?P<first>[一二两三四五六七八九])(?P<second>[二三四五六七八九])(?P<unit>[百千万])(?:多|来)?(?:元|块钱|块)?"
)
_LOOSE = re.compile(rf"(?P<sum>{_NUMBER})(?:多|几|出头)(?P<unit>元|块钱|块)?")
_SOME = re.compile(r"几(?P<unit>十|百|千|万)(?:元|块钱|块)")
_LEVEL = re.compile(
    r"(?<![几零一二两三四五六七八九十百千万\d])(?P<unit>百|千|万)(?:元|块)(?P<end>以下|以内|之内|内|以上|出头)?(?:级|价位)?"
)
_UPPER = re.compile(
    rf"(?:(?:{_UPPER_BEFORE})\s*(?P<a>{_SUM})(?:以内|以下|之内|内(?!存))?|(?P<b>{_SUM})\s*(?:{_UPPER_AFTER}))"
)
_LOWER = re.compile(rf"(?:(?:{_LOWER_BEFORE})\s*(?P<a>{_SUM})|(?P<b>{_SUM})\s*(?:{_LOWER_AFTER}))")
_NEAR = re.compile(rf"(?:(?:{_ABOUT_BEFORE})\s*(?P<a>{_SUM})|(?P<b>{_SUM})\s*(?:{_ABOUT_AFTER}))")
_BUDGET = re.compile(
    rf"(?:预算(?:是|为|大概|大约|只有|在|:)?|budget(?: is| of|:)?)\s*"
    rf"(?:(?:{_ABOUT_BEFORE})\s*(?P<a>{_SUM})|(?P<b>{_SUM})\s*(?:{_ABOUT_AFTER}))"
)
_EXACT = re.compile(
    rf"(?:{_MONEY_BEFORE}(?P<a>{_NUMBER})|(?P<b>{_NUMBER}){_MONEY_AFTER}"
    rf"|(?P<c>(?:{_DIGITS})\s?[kw千万百](?:[1-9一二三四五六七八九])?(?![a-z\d])|[一二两三四五六七八九]{{1,2}}[百千万][{_HAN}]{{0,10}})(?=\s*(?:的|\s|$)))"
)
_SIZE_BEFORE = re.compile(
    r"(?:\b(?:sizes?|ages?|aged|eu|us|uk|no\.?|model)|尺码|码数|身高|体重|年龄|型号)\s*(?:is|:)?\s*$"
)
_UNITS = {"十": 10.0, "百": 100.0, "千": 1000.0, "万": 10000.0, "k": 1000.0, "w": 10000.0}


@dataclass(frozen=True)
class PriceRange:
    """The prices a customer wants, in CNY, and his words without them.

    Attributes:
        low, high: bounds, either may be None; ``low <= high`` where there are both.
        rest: the text with a space where the price words stood.
    """

    low: float | None
    high: float | None
    rest: str


def parse_prices(text: str) -> PriceRange:
    """Find a price range in a text.

    Args:
        text: as :func:`backends.search.text.normalise` gives it.

    Returns:
        The range; the text as it was when there is none. Numbers that measure something else
        (5000mAh, 42码, 1000块拼图) are left alone.
    """
    finder = _Finder(text)
    for step in (finder.ranges, finder.levels, finder.budget, finder.bounds, finder.near):
        step()
    low, high = finder.low, finder.high
    if low is not None and high is not None and low > high:
        low, high = high, low
    return PriceRange(low, high, " ".join(finder.text.split()) if finder.found else text)


def parse_amount(text: str) -> float | None:
    """Return the value of a sum such as ``1,999``, ``2k``, ``1万2``, ``两千五`` or ``¥500``."""
    bare = re.sub(rf"^{_MONEY_BEFORE}|{_MONEY_AFTER}$", "", text.strip()).strip()
    match = re.fullmatch(rf"({_DIGITS})\s?([kw千万百])?([1-9一二三四五六七八九])?", bare)
    if match:
        value = float(match.group(1).replace(",", ""))
        unit = _UNITS.get(match.group(2) or "", 1.0)
        tail = match.group(3)
        if tail and unit == 1.0:
            return None
        value *= unit
        if tail:
            value += (
                (int(tail) if tail.isdigit() else "一二三四五六七八九".index(tail) + 1) * unit / 10
            )
    else:
        # 两 alone, 百, 万能 … are words, not sums.
        if not re.fullmatch(f"[{_HAN}]+", bare) or bare[0] in "百千万" or len(bare) < 2:
            return None
        try:
            value = float(cn2an.cn2an(bare.replace("〇", "零"), "smart"))
        except ValueError:
            return None
    return value if 0 < value <= MOST else None


class _Finder:
    """Takes one kind of phrase after the other out of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.low: float | None = None
        self.high: float | None = None
        self.found = False

    def ranges(self) -> None:
        for pattern in (_BOUNDS, _RANGE):
            for match in pattern.finditer(self.text):
                low, high = self._two(match)
                if low is None or high is None or not self._free(match):
                    continue
                self._take(match, min(low, high), max(low, high))
                return
        if (pair := _PAIR.search(self.text)) and self._free(pair):
            unit = _UNITS[pair.group("unit")]
            first, second = (
                "一二三四五六七八九".index(pair.group(name).replace("两", "二")) + 1
                for name in ("first", "second")
            )
            if second == first + 1:
                self._take(pair, first * unit, second * unit)

    def levels(self) -> None:
        if match := _LEVEL.search(self.text):
            unit = _UNITS[match.group("unit")]
            end = match.group("end") or ""
            if end in {"以下", "以内", "之内", "内"}:
                self._take(match, None, unit)
            elif end == "以上":
                self._take(match, unit, None)
            elif not end and unit == 100:  # 百元机 costs some hundreds, 千元机 one thousand odd
                self._take(match, unit, 999.0)
            else:
                self._take(match, unit, unit * 2 - 1)
        elif match := _SOME.search(self.text):
            unit = _UNITS[match.group("unit")]
            self._take(match, unit, unit * 10 - 1)

    def bounds(self) -> None:
        for _ in range(2):
            if self.high is None and (match := self._first(_UPPER)):
                self._take(match, None, self._amount(match))
            if self.low is None and (match := self._first(_LOWER)):
                self._take(match, self._amount(match), None)

    def budget(self) -> None:
        # "预算300左右" may cost a little more, "预算300" may not
        if self.low is None and self.high is None and (match := self._first(_BUDGET)):
            self._take_about(match)

    def near(self) -> None:
        if self.low is not None or self.high is not None:
            return
        for match in _LOOSE.finditer(self.text):
            value = parse_amount(match.group("sum"))
            if (
                value
                and value >= 10
                and self._free(match)
                and (match.group("unit") or value >= 100)
            ):
                digits = str(int(value))
                step = 10.0 ** (len(digits) - len(digits.rstrip("0") or "1"))
                self._take(match, value, value + step - 1)
                return
        for pattern in (_NEAR, _EXACT):
            if found := self._first(pattern):
                self._take_about(found)
                return

    def _take_about(self, match: re.Match[str]) -> None:
        value = self._amount(match)
        assert value is not None
        self._take(match, round(value * (1 - ABOUT), 2), round(value * (1 + ABOUT), 2))

    def _first(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        for match in pattern.finditer(self.text):
            if self._amount(match) is not None and self._free(match):
                return match
        return None

    def _amount(self, match: re.Match[str]) -> float | None:
        said = next(value for value in match.groupdict().values() if value is not None)
        value = parse_amount(said)
        # "over 3" speaks of children, "最多两" of a pair; money that small is said with its unit.
        if (
            value is not None
            and value < 10
            and not re.search(rf"{_MONEY_BEFORE}|{_MONEY_AFTER}", said)
        ):
            return None
        return value

    def _two(self, match: re.Match[str]) -> tuple[float | None, float | None]:
        said_low, said_high = match.group("low").strip(), match.group("high").strip()
        low, high = parse_amount(said_low), parse_amount(said_high)
        unit = re.search(r"[kw百千万]$", re.sub(rf"{_MONEY_AFTER}$", "", said_high).strip())
        if re.fullmatch(r"\d+(?:\.\d+)?|[一二两三四五六七八九]", said_low) and unit:
            # 1-2k, 五到八百: the unit is said once
            digits = (
                said_low
                if said_low[0].isdigit()
                else str("一二三四五六七八九".index(said_low.replace("两", "二")) + 1)
            )
            alone = float(digits)
            if alone < 100:
                low = alone * _UNITS[unit.group()]
        if low is not None and high is not None and max(low, high) < 10:
            return None, None
        return low, high

    def _free(self, match: re.Match[str]) -> bool:
        """Whether a match is no part of a word, a model number or a measure."""
        start, end = match.span()
        text = self.text
        before, after = text[:start], text[end:]
        said = [match.start(name) for name, value in match.groupdict().items() if value is not None]
        number_at = min(said) if said else start
        if _SIZE_BEFORE.search(before):
            return False
        if before and re.search(r"[a-z0-9.]$", before) and re.match(r"[a-z0-9.]", text[start:]):
            return False
        if number_at and re.search(r"[a-z]-?$|\d$", text[:number_at]) and text[number_at].isdigit():
            return False
        if re.match(r"[a-z]", after) and re.search(r"[a-z0-9]$", match.group()):
            return False
        if re.match(r"\d", after):
            return False
        for name, value in match.groupdict().items():
            if value is None or name == "unit":
                continue
            if re.search(rf"{_MONEY_AFTER}$", value):
                continue
            tail = text[match.end(name) :]
            if _MEASURE.match(tail):
                return False
            if re.search(r"[248]k$", value) and _SCREEN.match(tail):
                return False
        return True

    def _take(self, match: re.Match[str], low: float | None, high: float | None) -> None:
        self.found = True
        self.low = low if low is not None else self.low
        self.high = high if high is not None else self.high
        self.text = self.text[: match.start()] + " " + self.text[match.end() :]
