"""Times of the day: 9:00, 9 am, 晚上九点, noon."""

import re
from collections.abc import Iterator

from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.normalising import small
from xiaoer.text.numbers import parse_whole

#: Minutes since midnight.
CLOCK = "clock"

_TO = r"\s?(?:-|–|—|~|～|至|到|to|and|until|till)\s?"
_MERIDIEM = r"(?P<{0}>[ap])(?:\.\s?m\.|m(?![A-Za-z]))"
_DAYPART = "(?P<part>凌晨|清晨|早上|早晨|早|上午|中午|正午|下午|午后|傍晚|晚上|晚间|夜里|夜间|今晚|明晚|明早|今早)"
_DIGITAL = re.compile(
    rf"(?:{_DAYPART}\s?)?(?<![0-9:.])(?P<hour>[01]?[0-9]|2[0-4])[:：](?P<minute>[0-5][0-9])(?::[0-5][0-9])?(?![0-9])"
    rf"(?:\s?{_MERIDIEM.format('half')})?",
)
_AM_PM = re.compile(
    rf"(?<![0-9:.A-Za-z])(?:(?P<first>1[0-2]|0?[1-9])(?::(?P<first_minute>[0-5][0-9]))?(?:\s?{_MERIDIEM.format('first_half')})?{_TO})?"
    rf"(?P<hour>1[0-2]|0?[1-9])(?::(?P<minute>[0-5][0-9]))?\s?{_MERIDIEM.format('half')}",
)
_HOUR = "[0-9]{1,2}|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九]"
# 三点建议 is three pieces of advice: Chinese numerals want a part of the day or more of a time.
_CHINESE = re.compile(
    rf"(?:{_DAYPART}\s?)?(?<![0-9.:第十])(?P<hour>{_HOUR})\s?[点时](?!间|候|长|尚|赞|评|半价|之|击)"
    r"(?P<more>钟|整|半|(?P<quarter>[一三])刻|\s?(?P<minute>[0-9]{1,2}|[一二三四五]?十[一二三四五六七八九]?)\s?分)?"
    rf"(?P<range>(?={_TO}(?:{_DAYPART.replace('?P<part>', '?:')}|(?:{_HOUR})\s?[点时])))?"
)
# 18–21 点: the first hour of the range has no 点.
_HOURS = re.compile(
    rf"(?:{_DAYPART}\s?)?(?<![0-9.:第])(?P<first>[01]?[0-9]|2[0-4]){_TO}(?P<last>[01]?[0-9]|2[0-4])\s?点(?![0-9半])"
)
_OCLOCK = re.compile(r"(?<![A-Za-z0-9])(?P<hour>[0-9]{1,2})\s?o'?clock(?![A-Za-z0-9])")
_NAMED = {"noon": 720, "midday": 720, "midnight": 0, "正午": 720, "午夜": 0}
_NAMES = re.compile(r"(?<![A-Za-z0-9])(?:noon|midday|midnight)(?![A-Za-z0-9])|正午|午夜")
_MIDDAY = ("中午", "正午")
_AFTERNOON = ("下午", "午后", "傍晚")
_NIGHT = ("晚上", "晚间", "夜里", "夜间", "今晚", "明晚")


def find_times(text: str) -> Iterator[Fact]:
    """Yield the times of the day in the normalised `text`, in minutes since midnight.

    An hour that says neither morning nor evening is taken as of 24. What overlaps with one yielded
    before is a worse reading of it.
    """
    text = small(text)
    for match in _AM_PM.finditer(text):
        hour, half = int(match["hour"]), match["half"].lower()
        if match["first"]:
            first = int(match["first"])
            # 9 to 6 pm is from the morning on.
            first_half = (match["first_half"] or ("a" if first > hour else half)).lower()
            yield _fact(_of_twelve(first, match["first_minute"], first_half), match)
        yield _fact(_of_twelve(hour, match["minute"], half), match)
    for match in _DIGITAL.finditer(text) if ":" in text or "：" in text else ():
        hour, minute = int(match["hour"]), match["minute"]
        if match["half"]:
            yield _fact(_of_twelve(hour, minute, match["half"].lower()), match)
        else:
            yield _fact(_of_day(hour, int(minute), match["part"]), match)
    if "点" in text or "时" in text:
        for match in _HOURS.finditer(text):
            for name in ("first", "last"):
                yield _fact(_of_day(int(match[name]), 0, match["part"]), match)
        yield from _chinese(text)
    for match in _OCLOCK.finditer(text):
        yield _fact(_of_day(int(match["hour"]), 0, None), match)
    for match in _NAMES.finditer(text):
        yield _fact(_NAMED[match.group().lower()], match)


def _chinese(text: str) -> Iterator[Fact]:
    part, end = None, len(text)
    for match in _CHINESE.finditer(text):
        # 下午两点到四点: the second has the part of the first.
        in_range = re.fullmatch(_TO, text[end : match.start()]) is not None
        part = match["part"] or (part if in_range else None)
        end = match.end()
        spoken = not match["hour"].isdecimal()
        if spoken and not (part or match["more"] or match["range"] is not None or in_range):
            continue
        hour = parse_whole(match["hour"])
        if hour is None or hour > 24:
            continue
        minute = 30 if match["more"] == "半" else 0
        if match["quarter"]:
            minute = 15 if match["quarter"] == "一" else 45
        if match["minute"]:
            minute = parse_whole(match["minute"]) or 0
        yield _fact(_of_day(hour, minute, part), match)


def _of_twelve(hour: int, minute: str | None, half: str) -> int:
    return hour % 12 * 60 + int(minute or 0) + (720 if half == "p" else 0)


def _of_day(hour: int, minute: int, part: str | None) -> int:
    if part in _MIDDAY:
        hour += 12 if hour < 10 else 0
    elif part in _AFTERNOON:
        hour += 12 if hour < 12 else 0
    elif part in _NIGHT:
        hour += 12 if hour <= 12 else 0
    return (hour * 60 + minute) % 1440


def _fact(minutes: int, match: re.Match[str]) -> Fact:
    return Fact(CLOCK, minutes, match.start(), match.end(), match.group())
