"""What a text states in figures, as typed facts: two ways of saying one thing are one fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_N = r"\d+(?:\.\d+)?"
# A Chinese comma, which parts clauses, is written with a space before it (`texts.normalise`).
_LIST = rf"{_N}(?:(?:\s*(?:-|到|至|to|or|或者?|和|and|、|/)\s*|, ){_N}){{0,5}}"
_SCALE = {"万": 10_000, "千": 1_000, "百": 100, "k": 1_000, "K": 1_000}
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = _MONTH_NAMES.split()
_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|March|Mar|April|Apr|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    "|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# Unit -> its base and how many of the base. Hours are kept from days, and working days are none.
_PERIODS = {
    "秒钟?|s|secs?|seconds?": ("second", 1),
    "分钟|min|mins|minutes?": ("minute", 1),
    "个?半?小时|个?钟头?|h|hrs?|hours?": ("hour", 1),
    "个?工作日|working[ -]days?|business[ -]days?|workdays?": ("working day", 1),
    "天|日(?=内|后|之|无理由|以)|days?": ("day", 1),
    "周年?|个?星期|个?礼拜|weeks?": ("day", 7),
    "个月|months?": ("month", 1),
    "个?季度|quarters?": ("month", 3),
    "年|years?|yrs?": ("month", 12),
}
_PERIOD = "|".join(f"(?:{units})" for units in _PERIODS)
_UNITS = {
    "°C|°|度|degrees?": "degree",
    "厘米|cm|公分": "cm",
    "毫米|mm": "mm",
    "公里|km": "km",
    "米|m|metres?|meters?": "m",
    "英寸|inch(?:es)?": "inch",
    "升|litres?|liters?|l": "litre",
    "毫升|ml": "ml",
    "公斤|千克|kg": "kg",
    "克|g|grams?": "g",
    "分|points?|积分": "point",
    "次|遍|times?": "time",
    "倍": "fold",
    "码": "size",
}
_UNIT = "|".join(f"(?:{units})" for units in _UNITS)
_LETTERS = rf"(?:{_PERIOD}|{_UNIT}|am|pm|st|nd|rd|th|x|k|yuan|rmb|percent)"
_HAN_DIGITS = "0-9零一二两三四五六七八九十"
_WEEKDAYS = {
    f"(?<![{_HAN_DIGITS}个])(?:周|星期|礼拜){zh}(?![次遍回])|{en}s?": en
    for zh, en in zip(
        [*"一二三四五六", "[日天]"],
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
        strict=True,
    )
} | {"周末|weekends?": "weekend", r"(?<![个\d])(?<!\d )工作日|weekdays?": "weekday"}
_NAMED = {
    "今天|今日|today": "today",
    "今晚|tonight|this evening": "tonight",
    "明天|明日|明早|明晚|tomorrow": "tomorrow",
    "后天|day after tomorrow": "day after tomorrow",
    "昨天|昨日|昨晚|yesterday": "yesterday",
    "当天|当日|same[ -]day": "same day",
    "次日|隔天|隔日|第2天|next[ -]day|following day|overnight": "next day",
    "下周|下个?星期|下个?礼拜|next week": "next week",
    "本周|这周|这个?星期|this week": "this week",
    "下个?月|next month": "next month",
    "本月|这个月|this month": "this month",
    "明年|next year": "next year",
    "上周|上个?星期|last week": "last week",
    "上个?月|last month": "last month",
    "去年|上一年|last year": "last year",
    "年底|年末|end of the year": "end of the year",
    "月底|月末|end of the month": "end of the month",
    "双十一|双11|singles' day|double eleven|double 11": "double eleven",
    "双十二|双12|double twelve|double 12": "double twelve",
    "618|六一八": "618",
    "国庆节?|national day": "national day",
    "春节|过年|spring festival|chinese new year": "spring festival",
    "元旦|new year'?s?(?: day)?(?! eve)": "new year",
    "中秋节?|mid-autumn": "mid-autumn",
    "端午节?|dragon boat": "dragon boat",
    "清明节?|qingming": "qingming",
    "五一|劳动节|labour day|labor day": "labour day",
    "圣诞节?|christmas|xmas": "christmas",
    "情人节|valentine'?s?": "valentine",
    "black friday|黑五": "black friday",
    r"24/7|24x7|round the clock|全天": "round the clock",
    "终身|永久|永远|无限期|长期有效|不会?过期|lifetime|forever|permanent(?:ly)?|(?:never|not|n't) expires?|unlimited|不限": "unlimited",
    "随时.{0,4}[退换取]|(?:return|refund|cancel|exchange).{0,20}any ?time": "any time",
    "每天|每日|天天|daily|(?:every|each|per) day": "every day",
    "每晚|nightly|(?:every|each) night": "every night",
    "每周(?![一二三四五六日天])|每个?星期|weekly|(?:every|each|per) week": "every week",
    "每个?月|monthly|(?:every|each|per) month": "every month",
    "每个?季度|quarterly|(?:every|each|per) quarter": "every quarter",
    "每年|yearly|annual(?:ly)?|(?:every|each|per) year": "every year",
    "即刻|马上|立刻|立即|秒到|immediately|instantly|right away|at once|straight away": "at once",
}


@dataclass(frozen=True)
class Fact:
    """One thing stated: what kind it is, its value in one writing, and where it stands.

    `implied` holds values that follow from it (a day of a year: the day, the year); `number` is
    the bare figure, or empty.
    """

    kind: str
    value: str
    number: str
    surface: str
    start: int
    implied: frozenset[str] = frozenset()

    def supports(self, claim: Fact) -> bool:
        """Tell whether this fact, if true, makes the claim's figures true."""
        if claim.kind == "count":
            if claim.value:
                return (
                    self.kind == "count"
                    and claim.number == self.number
                    and self.value in ("", claim.value)
                )
            return claim.number == self.number and (
                self.kind in ("money", "percentage") or (self.kind == "count" and not self.value)
            )
        return claim.kind == self.kind and claim.value in {self.value, *self.implied}


Reader = Callable[[re.Match[str]], Iterator[tuple[str, str, frozenset[str]]]]


def facts(text: str) -> list[Fact]:
    """Return the facts of a normalised text, by kind and then by place."""
    found: list[Fact] = []
    for kind, pattern, read in _KINDS:
        for match in pattern.finditer(text):
            found += [
                Fact(kind, value, number, match[0].strip(), match.start(), implied)
                for value, number, implied in read(match)
            ]
        # What is read once is no number a second time; its place stays, so that offsets do.
        text = pattern.sub(lambda match: "\0" * len(match[0]), text)
    return found


def blanked(text: str) -> str:
    """Return a normalised text without its facts, to see what the rest is about."""
    for _, pattern, _ in _KINDS:
        text = pattern.sub(" ", text)
    return text


def _plain(
    value: str, number: str = "", *implied: str
) -> Iterator[tuple[str, str, frozenset[str]]]:
    yield value, number, frozenset(implied)


def _verbatim(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    return _plain(match[0].lower())


def _only_digits(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    return _plain(re.sub(r"^86(?=1\d{10}$)", "", re.sub(r"\D", "", match[0])))


def _numbers(listed: str, scale: int = 1) -> list[float]:
    return [float(number) * scale for number in re.findall(_N, listed)]


def _date(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    groups = match.groupdict()
    year, month, day = (groups.get(part) for part in ("year", "month", "day"))
    if month and not month.isdigit():
        month = str(_MONTHS.index(month[:3].lower()) + 1)
    known = [(name, int(value)) for name, value in (("y", year), ("m", month), ("d", day)) if value]
    parts = [f"{name}{value}" for name, value in known]
    shorter = {"".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    return _plain("".join(parts), str(known[-1][1]), *shorter)


def _clock(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    groups = match.groupdict()
    part = (groups.get("part") or groups.get("half_day") or "").lower()
    for hour in _numbers(groups["hours"]):
        minutes = int(hour) * 60 + int(groups.get("minutes") or (30 if groups.get("half") else 0))
        if part in ("pm", "下午", "傍晚", "晚上", "夜里", "今晚") and minutes < 720:
            minutes += 720
        elif part in ("am", "凌晨") and 720 <= minutes < 780:
            minutes -= 720
        yield f"{minutes // 60}:{minutes % 60:02}", f"{hour:.12g}", frozenset()


def _noon(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    return _plain("12:00" if match[0].lower() == "noon" else "0:00")


def _percent(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    for number in _numbers(match["list"]):
        rest = {"折": 100 - number * (10 if number < 10 else 1), "成": number * 10}
        yield f"{rest.get(match['unit'], number):.12g}", f"{number:.12g}", frozenset()


def _money(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    listed = match["list"] or match["listed"]
    scale = _SCALE.get((match["scale"] or match["scaled"] or "").strip(), 1)
    foreign = re.search(r"[$€£]|dollars?|美元|USD|euros?|欧元", match[0], re.IGNORECASE)
    for number in _numbers(listed, scale):
        yield f"{'foreign' if foreign else 'yuan'} {number:.12g}", f"{number:.12g}", frozenset()


def _period(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    base, size = next(
        worth
        for units, worth in _PERIODS.items()
        if re.fullmatch(units, match["unit"], re.IGNORECASE)
    )
    for number in _numbers(match["list"]):
        yield f"{base} {number * size:.12g}", f"{number:.12g}", frozenset()


def _count(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    written = match["unit"] or ""
    unit = next((n for units, n in _UNITS.items() if re.fullmatch(units, written, re.I)), "")
    for number in _numbers(match["list"], _SCALE.get(match["scale"] or "", 1)):
        yield unit, f"{number:.12g}", frozenset()


def _ordinal(match: re.Match[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    number = re.sub(r"\D", "", match[0])
    return _plain(number, number)


def _word(pattern: str) -> str:
    """Bound the English words of a pattern; Chinese has no bounds between words."""
    return (
        rf"(?:(?<![A-Za-z])|(?=[\u3400-\u9fff]))(?:{pattern})(?:(?![A-Za-z])|(?<=[\u3400-\u9fff]))"
    )


def _named(name: str) -> Reader:
    return lambda match: _plain(name)


def _kinds() -> Iterator[tuple[str, re.Pattern[str], Reader]]:
    def kind(
        name: str, pattern: str, read: Reader, flags: int = re.IGNORECASE
    ) -> tuple[str, re.Pattern[str], Reader]:
        return name, re.compile(pattern, flags | re.ASCII), read

    yield kind("e-mail", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _verbatim)
    yield kind(
        "address on the web",
        r"https?://[^\s,]+|www\.\S+|\b[\w-]+\.(?:com|cn|net|org|example|shop)\b\S*",
        _verbatim,
    )
    code = rf"(?<![A-Za-z0-9])(?!(?:RMB|CNY|USD)\d)(?:(?:[A-Za-z]+-)*[A-Za-z]+-?\d[A-Za-z0-9-]*|(?!{_N}{_LETTERS}(?![A-Za-z]))\d+[A-Z][A-Za-z0-9]*|[A-Z]{{4,}}(?![a-z]))"
    yield kind("code", code, _verbatim, 0)
    yield kind(
        "code",
        r"""(?<=码)\s*(?:是|为|叫)?\s*[:"']*\s*[A-Za-z][\w-]{2,}|\bcodes?\s*(?:is|:|called)?\s*["'][\w-]{3,}["']""",
        lambda m: _plain(re.findall(r"[\w-]+", m[0])[-1].lower()),
    )
    phone = r"(?<!\d)(?:[48]00[- ]?\d{3}[- ]?\d{4}|0\d{2,3}-\d{7,8}|(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\d{3}-\d{3,4}-\d{4}|\+\d[\d -]{6,}\d|\d{7,})(?!\d)"
    yield kind("number of digits", phone, _only_digits)
    for name, pattern in {
        "ymd": r"(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?",
        "ym": r"(?P<year>(?:19|20)\d\d)\s*年\s*(?P<month>\d{1,2})\s*月",
        "md": r"(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]",
        "m": r"(?<![\d个])(?P<month>\d{1,2})\s*月(?!内|后|前)",
        "y": r"(?P<year>(?:19|20)\d\d)\s*年",
        "d": r"(?<!\d)(?P<day>\d{1,2})\s*[日号](?!内|后|之|以|无|线|码|楼|栋)",
        "slash": r"(?<![\d/])(?P<month>1[0-2]|[1-9])/(?P<day>[12]\d|3[01]|[1-9])(?![\d/])",
        "en dmy": rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b(?:,?\s+(?P<year>(?:19|20)\d\d))?",
        "en mdy": rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>(?:19|20)\d\d))?",
        "en my": rf"\b(?P<month>{_MONTH})\s+(?P<year>(?:19|20)\d\d)",
        "en m": r"\b(?P<month>January|February|April|June|July|August|September|October|November|December|(?<=in )(?:March|May)|(?<=until )(?:March|May)|(?<=by )(?:March|May))\b",
        "en y": rf"(?<![\d¥$.])(?P<year>(?:19|20)\d\d)(?!\s*(?:[\d%元块.-]|yuan|points?|{_UNIT}))",
    }.items():
        yield kind("date", pattern, _date, 0 if name == "en m" else re.IGNORECASE)
    for pattern, value in _NAMED.items():
        yield kind("time", _word(pattern), _named(value))
    for pattern, value in _WEEKDAYS.items():
        yield kind("weekday", _word(pattern), _named(value))
    half = r"(?P<part>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜)?\s*"
    yield kind(
        "clock time",
        rf"{half}(?P<hours>(?<!\d)\d{{1,2}}):(?P<minutes>\d\d)(?:\s*(?P<half_day>[ap]m)\b)?",
        _clock,
    )
    yield kind(
        "clock time",
        r"(?P<hours>(?<!\d)\d{1,2}(?:\s*(?:-|to|and)\s*\d{1,2})?)\s*(?:(?P<half_day>[ap]m)|o'clock)\b",
        _clock,
    )
    yield kind(
        "clock time",
        rf"{half}(?P<hours>(?<!\d)\d{{1,2}}(?:\s*点?\s*(?:-|到|至)\s*\d{{1,2}})?)\s*点(?!五)(?:(?P<half>半)|(?P<minutes>\d\d?)\s*分)?",
        _clock,
    )
    yield kind("clock time", r"\bnoon\b|\bmidnight\b", _noon)
    yield kind(
        "percentage",
        rf"(?P<list>{_N}(?:\s*%?\s*(?:-|到|至|to|or|或|and|和)\s*{_N}){{0,5}})\s*(?P<unit>%|percent|per cent|折|成(?!人|品))",
        _percent,
    )
    unit = r"元|块钱?|圆|yuan|rmb|cny|kuai|dollars?|美元|usd|euros?|欧元"
    yield kind(
        "money",
        rf"(?:[¥$€£]|rmb|cny|usd|人民币)\s*(?P<list>{_N}(?:\s*(?:-|到|至|to)\s*{_N}){{0,5}})\s*(?P<scale>[万千百]|k\b)?|(?P<listed>{_LIST})\s*(?P<scaled>[万千百]|k\b)?\s*(?:{unit})",
        _money,
    )
    yield kind("duration", rf"(?P<list>{_LIST})[\s-]*(?P<unit>{_PERIOD})(?![a-z])", _period)
    yield kind("ordinal", r"第\s*\d+|\b\d+(?:st|nd|rd|th)\b", _ordinal)
    yield kind(
        "count",
        rf"(?P<list>{_LIST})\s*(?P<scale>[万千百亿](?!克|米)|k\b)?[\s-]*(?:(?P<unit>{_UNIT})(?![a-z]))?",
        _count,
    )


_KINDS = list(_kinds())
