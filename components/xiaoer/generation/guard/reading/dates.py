"""Dates, weekdays and words for days, as both languages write them."""

import re
from collections.abc import Callable, Iterator

from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.normalising import small
from xiaoer.text.numbers import parse_whole

#: (year, month, day), each None where it is not said.
DATE = "date"
#: ``mon`` … ``sun``, ``weekend``, ``workday``, ``holiday``, ``daily``.
WEEKDAY = "weekday"
#: A day or a week told from today or from another day, or a shop's own day such as 双十一.
RELATIVE = "relative day"

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    "(?P<month>january|february|march|april|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)\.?)"
)
_TO = r"\s?(?:-|–|—|~|～|至|到|to|and|or|until|till)\s?"
_ORDINAL = "(?:st|nd|rd|th)?"
_NUMERAL = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"

_CHINESE = re.compile(
    rf"(?<![0-9.A-Za-z])(?:(?P<year>(?:19|20)[0-9]{{2}}|[一二][零〇一二九][零〇一二三四五六七八九]{{2}}|[今明去后前])\s?年\s?)?"
    rf"(?P<month>{_NUMERAL})\s?月(?!票)(?:份|[底末初]|\s?(?P<day>{_NUMERAL})\s?(?:[日号]|(?=$|[\s,，。;；、!！?？()至到~–—-]))"
    rf"(?:{_TO}(?P<last>{_NUMERAL})\s?[日号](?![0-9]))?)?"
)
_YEAR = re.compile(
    r"(?<![0-9.A-Za-z])(?P<year>(?:19|20)[0-9]{2}|[一二][零〇九][零〇一二三四五六七八九]{2})\s?年[底末初]?"
    r"|(?<![A-Za-z0-9])(?:in|since|of|from|until|by|to|before|after|during)\s(?P<en>(?:19|20)[0-9]{2})(?![0-9,.-]*[0-9]|\s?[A-Za-z]*(?:yuan|RMB|mAh))",
)
_ISO = re.compile(
    r"(?<![A-Za-z0-9./-])(?P<year>(?:19|20)[0-9]{2})(?:-(?P<alone>0[1-9]|1[0-2])|([-/.])(?P<month>[0-9]{1,2})\3(?P<day>[0-9]{1,2}))"
    r"(?![A-Za-z0-9]|[-/.][0-9])"
)
_SLASHED = re.compile(
    r"(?<![A-Za-z0-9./-])(?P<alone>(?!))?(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})(?:/(?P<year>(?:19|20)[0-9]{2}))?(?![A-Za-z0-9]|[-/.][0-9])"
)
_MONTH_FIRST = re.compile(
    rf"(?<![A-Za-z0-9]){_MONTH}\s(?:the )?(?P<day>[0-9]{{1,2}}){_ORDINAL}(?![0-9:])"
    rf"(?:{_TO}(?P<last>[0-9]{{1,2}}){_ORDINAL}(?![0-9:A-Za-z]))?(?:,?\s(?P<year>(?:19|20)[0-9]{{2}})(?![0-9]))?",
)
_DAY_FIRST = re.compile(
    rf"(?<![A-Za-z0-9.,-])(?:(?P<first>[0-9]{{1,2}}){_ORDINAL}{_TO})?(?P<day>[0-9]{{1,2}}){_ORDINAL}\s(?:of )?{_MONTH}(?![A-Za-z0-9])"
    r"(?:,?\s(?P<year>(?:19|20)[0-9]{2})(?![0-9]))?",
)
# "may" and "march" are words too: a month alone has a capital and, those two, a word before it.
_MONTH_ALONE = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<month>January|February|April|June|July|August|September|October|November|December)"
    r"|(?:in|by|until|since|of|from|to|before|after|late|early|mid|end of|this|next|last)[ -](?P<other>May|March))(?![A-Za-z0-9])"
    r"(?:,?\s(?P<year>(?:19|20)[0-9]{2})(?![0-9]))?"
)

_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAY_ZH = re.compile(
    r"(?:每个?|下个?|上个?|这个?|本)?(?:周|星期|礼拜)(?P<first>[一二三四五六日天1-6])(?![0-9]|个?[次件回遍年月周天](?!天))(?:\s?(?:至|到|-|–|—|~|～|、|和|或)\s?(?P<last>[一二三四五六日天])(?![个次天件年周月]))?"
)
_WEEKDAY_EN = re.compile(
    r"(?<![a-z0-9])(?P<day>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)days?(?![a-z0-9])"
)
# "sat" and "wed" are words too.
_WEEKDAY_SHORT = re.compile(
    r"(?<![A-Za-z0-9])(?P<day>Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat)(?![A-Za-z0-9])"
)
_DAY_KINDS = {
    "weekend": r"周末|双休日?|(?<![A-Za-z0-9])weekends?(?![A-Za-z0-9])",
    "workday": r"(?<![0-9个一二两三四五六七八九十几])(?<![0-9个] )工作日|(?<![A-Za-z0-9])weekdays?(?![A-Za-z0-9])|(?<=on )(?:working|business) days?(?![A-Za-z0-9])",
    "holiday": r"节假日|法定假日|(?<![A-Za-z0-9])(?:public |bank )holidays?(?![A-Za-z0-9])",
    "daily": r"每[天日]|天天|(?<![A-Za-z0-9])(?:daily|every ?day|each day)(?![A-Za-z0-9])",
    "weekly": r"每周(?![一二三四五六日天末])|每周(?=[一二三四五六][次件回遍])|(?<![A-Za-z0-9])(?:weekly|every week|each week)(?![A-Za-z0-9])",
    "monthly": r"每个?月|(?<![A-Za-z0-9])(?:monthly|every month|each month)(?![A-Za-z0-9])",
    "yearly": r"每年|(?<![A-Za-z0-9])(?:yearly|annually|every year|each year)(?![A-Za-z0-9])",
}
_RELATIVES = {
    "today": r"今[天日儿]|今[早晚](?!秋)|(?<![A-Za-z0-9])(?:today|tonight|this (?:morning|afternoon|evening))(?![A-Za-z0-9])",
    "tomorrow": r"(?<![说声证透表])明[天日早晚儿](?!数)|(?<![A-Za-z0-9])(?:tomorrow|tmrw)(?![A-Za-z0-9])",
    "day after tomorrow": r"(?<![以之目今然])后天(?!气)|(?<![A-Za-z0-9])day after tomorrow(?![A-Za-z0-9])",
    "yesterday": r"昨[天日晚]|(?<![A-Za-z0-9])(?:yesterday|last night)(?![A-Za-z0-9])",
    "day before yesterday": r"(?<![以之目今])前天|(?<![A-Za-z0-9])day before yesterday(?![A-Za-z0-9])",
    "same day": r"当[天日](?!起)|同一天|(?<![A-Za-z0-9])same[ -]day(?![A-Za-z0-9])",
    "next day": r"次日|隔天|隔日|第二天|翌日|(?<![A-Za-z0-9])(?:next|following)[ -]day(?![A-Za-z0-9])",
    "at once": r"马上|立刻|立即|即刻|立马|(?<![A-Za-z0-9])(?:at once|immediately|right away|right now|straight away|instantly)(?![A-Za-z0-9])",
    "soon": r"尽快|尽早|很快|即将|不久|近日|近期|(?<![A-Za-z0-9])(?:soon(?! as|er)|shortly|as soon as possible|asap)(?![A-Za-z0-9])",
    "this week": r"[本这]周(?![一二三四五六日天末年边])|(?<![A-Za-z0-9])this week(?![A-Za-z0-9])",
    "next week": r"下周(?![一二三四五六日天末])|(?<![A-Za-z0-9])next week(?![A-Za-z0-9])",
    "last week": r"上周(?![一二三四五六日天末])|(?<![A-Za-z0-9])last week(?![A-Za-z0-9])",
    "this month": r"本月|[这当]个?月|(?<![A-Za-z0-9])this month(?![A-Za-z0-9])",
    "next month": r"下个?月|次月|(?<![A-Za-z0-9])(?:next|following) month(?![A-Za-z0-9])",
    "last month": r"上个?月|(?<![A-Za-z0-9])last month(?![A-Za-z0-9])",
    "this year": r"今年|本年度?|(?<![A-Za-z0-9])this year(?![A-Za-z0-9])",
    "next year": r"明年|次年|(?<![A-Za-z0-9])(?:next|following) year(?![A-Za-z0-9])|(?<![A-Za-z0-9])year after(?![A-Za-z0-9])",
    "last year": r"去年|(?<![A-Za-z0-9])last year(?![A-Za-z0-9])",
    "end of month": r"(?<![0-9一二三四五六七八九十])月底|月末|(?<![A-Za-z0-9])end of (?:the|this) month(?![A-Za-z0-9])",
    "end of year": r"(?<![0-9])年底|年末|(?<![A-Za-z0-9])end of (?:the|this) year(?![A-Za-z0-9])",
    "double 11": r"双十一|双\s?11|(?<![A-Za-z0-9])(?:double (?:eleven|11)|singles'? day)(?![A-Za-z0-9])",
    "double 12": r"双十二|双\s?12|(?<![A-Za-z0-9])double (?:twelve|12)(?![A-Za-z0-9])",
    "618": r"(?<![0-9])618(?=大促|活动|狂欢|年中|购物节|期间|当天| sale| promotion)",
    "spring festival": r"春节|过年|年货节|(?<![A-Za-z0-9])(?:spring festival|(?:chinese|lunar) new year)(?![A-Za-z0-9])",
    "national day": r"国庆|(?<![A-Za-z0-9])national day(?![A-Za-z0-9])",
    "new year": r"元旦|(?<![A-Za-z0-9])new year'?s(?: day| eve)?(?![A-Za-z0-9])",
    "christmas": r"圣诞|(?<![A-Za-z0-9])christmas(?![A-Za-z0-9])",
    "black friday": r"黑色星期五|黑五|(?<![A-Za-z0-9])black friday(?![A-Za-z0-9])",
}
_WORDS = [
    (kind, value)
    for kind, table in ((WEEKDAY, _DAY_KINDS), (RELATIVE, _RELATIVES))
    for value in table
]
# Looked for only where one of the words can begin: it is the widest pattern of all.
_BEGIN = "(?:(?=[周双工节法每天今明后昨前当同次隔第翌马立即尽很不近本下上这去年月春过国元圣黑6])|(?<![A-Za-z])(?=[a-z]))"
_ANY_WORD = re.compile(
    _BEGIN
    + "(?:"
    + "|".join(
        f"(?P<w{number}>{pattern})"
        for number, pattern in enumerate([*_DAY_KINDS.values(), *_RELATIVES.values()])
    )
    + ")"
)
_ZH_YEARS = {
    "今": "this year",
    "明": "next year",
    "去": "last year",
    "后": "year after",
    "前": "year before",
}


def find_dates(text: str) -> Iterator[Fact]:
    """Yield the dates, weekdays and words for days in the normalised `text`; they may overlap.

    A date without a year has None for it, so that 11月26日 can be looked for in 2026-11-26. What
    has a date's form and is no day of the calendar, such as 2/30, is left to the numbers.
    """
    lowered = small(text)
    for pattern, hint, read in _FORMS:
        if not hint.search(lowered):
            continue
        for match in pattern.finditer(text if pattern is _MONTH_ALONE else lowered):
            for parts in read(match):
                yield Fact(DATE, parts, match.start(), match.end(), match.group())
    yield from _weekdays(text)
    for match in _ANY_WORD.finditer(lowered):
        assert match.lastgroup is not None
        kind, value = _WORDS[int(match.lastgroup[1:])]
        yield Fact(kind, value, match.start(), match.end(), match.group())


Parts = tuple[int | str | None, int | None, int | None]


def _chinese(match: re.Match[str]) -> list[Parts]:
    year, month = _year(match["year"]), parse_whole(match["month"])
    days = [parse_whole(match[name]) for name in ("day", "last") if match[name]]
    return _valid([(year, month, day) for day in days or [None]])


def _year(written: str | None) -> int | str | None:
    if not written:
        return None
    return _ZH_YEARS[written] if written in _ZH_YEARS else parse_whole(written)


def _year_alone(match: re.Match[str]) -> list[Parts]:
    return [(_year(match["year"] or match["en"]), None, None)]


def _digits(match: re.Match[str]) -> list[Parts]:
    year = int(match["year"]) if match["year"] else None
    month = match["month"] or match["alone"]
    day = int(match["day"]) if match["day"] else None
    return _valid([(year, int(month), day)])


def _english(match: re.Match[str]) -> list[Parts]:
    found = match.groupdict()
    month = _MONTHS.index(found["month"][:3].lower()) + 1
    year = int(found["year"]) if found["year"] else None
    days = [int(found[name]) for name in ("first", "day", "last") if found.get(name)]
    return _valid([(year, month, day) for day in days])


def _month_alone(match: re.Match[str]) -> list[Parts]:
    month = _MONTHS.index((match["month"] or match["other"])[:3].lower()) + 1
    return [(int(match["year"]) if match["year"] else None, month, None)]


def _valid(dates: list[Parts]) -> list[Parts]:
    for _, month, day in dates:
        if not 1 <= (month or 0) <= 12 or not 1 <= (1 if day is None else day) <= 31:
            return []
    return dates


# Each form with what must stand in a text for it to be looked for.
_FORMS: list[tuple[re.Pattern[str], re.Pattern[str], Callable[[re.Match[str]], list[Parts]]]] = [
    (_ISO, re.compile("[0-9]{4}[-/.]"), _digits),
    (_CHINESE, re.compile("月"), _chinese),
    (_MONTH_FIRST, re.compile("[a-z]{3}[a-z.]* (?:the )?[0-9]"), _english),
    (_DAY_FIRST, re.compile("[0-9](?:st|nd|rd|th)? (?:of )?[a-z]{3}"), _english),
    (_MONTH_ALONE, re.compile("[a-z]{3}"), _month_alone),
    (_YEAR, re.compile("年|[a-z] (?:19|20)[0-9]{2}"), _year_alone),
    (_SLASHED, re.compile("[0-9]/[0-9]"), _digits),
]


def _weekdays(text: str) -> Iterator[Fact]:
    for match in _WEEKDAY_ZH.finditer(text) if re.search("周|星期|礼拜", text) else ():
        for name in ("first", "last"):
            if match[name]:
                yield Fact(
                    WEEKDAY,
                    _WEEKDAYS[_WEEKDAY_NUMBERS[match[name]]],
                    match.start(),
                    match.end(),
                    match.group(),
                )
    for pattern, written in ((_WEEKDAY_EN, small(text)), (_WEEKDAY_SHORT, text)):
        for match in pattern.finditer(written):
            yield Fact(WEEKDAY, match["day"][:3].lower(), match.start(), match.end(), match.group())


_WEEKDAY_NUMBERS = {
    character: number
    for number, characters in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天"))
    for character in characters
}
