"""Numerals: Arabic digits, Chinese numerals and English number words, with their values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cn2an

from xiaoer.generation.guard.lexicons import lexicon
from xiaoer.generation.guard.reading.normalising import small
from xiaoer.text.numbers import parse_amount

DIGITS = "一二三四五六七八九"
CHINESE = "零〇一二两三四五六七八九十百千万亿"
_LARGE = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}


@dataclass(frozen=True)
class Numeral:
    """A number as it is written, without its unit.

    Attributes:
        values: Its value; two where it names a range, such as 两三.
        start: Where it begins.
        end: Where it ends.
        form: ``arabic``, ``chinese``, ``english``, or ``digit`` for one Chinese character, which
            is a number only if its surroundings say so.
    """

    values: tuple[float, ...]
    start: int
    end: int
    form: str


def find_numerals(text: str) -> Iterator[Numeral]:
    """Yield the numerals of the normalised `text`, in no order; none overlap.

    A run of Chinese numerals that has no value, such as 百百, is left out.
    """
    yield from _arabic(text)
    yield from _chinese(text)
    yield from _english(text)


# Arabic. 2千5 and 1万2千5 are read as they are said: the last digit is a tenth of the unit before.
_PLAIN = r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_ARABIC = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_PLAIN})"
    r"(?:\s?(?:[十百千万亿]{1,2}(?![瓦克米帕卡])|k(?![A-Za-z])|(?:hundred|thousand|million|dozen)\b)"
    r"(?:[0-9](?:[百千十][0-9]?)*(?![0-9.,]))?)?",
)


def _arabic(text: str) -> Iterator[Numeral]:
    for match in _ARABIC.finditer(text):
        value = _arabic_value(match.group())
        if value is not None:
            yield Numeral((value,), *match.span(), "arabic")


def _arabic_value(written: str) -> float | None:
    head = re.match(_PLAIN, written)
    assert head is not None
    value, rest = float(head.group().replace(",", "")), written[head.end() :].strip()
    if rest and rest[-1].isdecimal():
        return parse_amount(written)
    if rest in _SCALES:
        return value * _SCALES[rest]
    for name, factor in _LARGE.items():
        value *= factor ** rest.count(name)
    return value * 1e3 if rest == "k" else value


_RUN = re.compile(f"[{CHINESE}]+(?:点[零一二三四五六七八九]+(?![十分]))?")
# 两三百, 二三十, 三五: the ends of a range
_RANGE = re.compile(f"(?P<low>[{DIGITS}两])(?P<high>[{DIGITS}])(?P<unit>[十百千万]*)$")


def _chinese(text: str) -> Iterator[Numeral]:
    for match in _RUN.finditer(without_words(text)):
        run = match.group()
        whole, _, decimals = run.partition("点")
        if len(run) == 1:
            value = _value(run)
            if value is not None:
                yield Numeral((value,), *match.span(), "digit")
            continue
        values = _values(whole)
        if decimals and len(values) == 1:
            tail = "".join(str("零一二三四五六七八九".index(digit)) for digit in decimals)
            values = (float(f"{values[0]:.0f}.{tail}"),)
        if values:
            yield Numeral(values, *match.span(), "chinese")


def _values(run: str) -> tuple[float, ...]:
    ends = _RANGE.search(run)
    # 二十五六 is two numbers, 二五 may be one and is not a range: its ends are far apart.
    if ends and ends.start() == 0 and len(run) > 1:
        low, high = _value(ends["low"] + ends["unit"]), _value(ends["high"] + ends["unit"])
        if low is not None and high is not None and low < high <= 3 * low + 2:
            return (low, high)
    value = _value(run)
    return () if value is None else (value,)


@cache
def _value(run: str) -> float | None:
    if len(run) == 1 and run in "百千万亿":
        return _LARGE[run]
    try:
        return float(cn2an.cn2an(run.replace("〇", "零"), "smart"))
    except (ValueError, KeyError, OverflowError):
        return None


@cache
def _number_words() -> re.Pattern[str]:
    words = sorted(lexicon("units.yml")["not_numbers"], key=len, reverse=True)
    return re.compile(f"(?<![0-9{CHINESE}点])(?:{'|'.join(words)})")


def without_words(text: str) -> str:
    """Return `text` with blanks for words in which a numeral is no number, such as 千万别."""
    if not _RUN.search(text):
        return text
    return _number_words().sub(lambda match: " " * len(match.group()), text)


_ONES = {
    "zero": 0.0,
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0,
    "ten": 10.0,
    "eleven": 11.0,
    "twelve": 12.0,
    "thirteen": 13.0,
    "fourteen": 14.0,
    "fifteen": 15.0,
    "sixteen": 16.0,
    "seventeen": 17.0,
    "eighteen": 18.0,
    "nineteen": 19.0,
}
_TENS = {
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "seventy": 70.0,
    "eighty": 80.0,
    "ninety": 90.0,
}
_SCALES = {"hundred": 1e2, "hundreds": 1e2, "thousand": 1e3, "million": 1e6, "dozen": 12.0}
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(list(_ONES)[1:10])}))?|{'|'.join(list(_ONES)[::-1])})"
_ENGLISH = re.compile(
    rf"(?<![A-Za-z0-9-])(?:(?:(?:an?|{_BELOW_100})[ -])?(?:hundreds?|thousand|million|dozen)"
    rf"(?:(?: and)?[ -](?:{_BELOW_100}|hundred|thousand))*|{_BELOW_100})(?![A-Za-z])",
)
_OF_TIME = "(?![ -](?:year|month|week|day|hour|minute|piece|item|point)s?)"
# "one" that is no number: one of them, no one, the one, one another, one-off, choose one
_PRONOUN = re.compile(
    r"(?<![A-Za-z0-9-])(?:(?:no|the|this|that|which|another|each|every|any|some|new|old|other|right|wrong|"
    r"first|last|next|older|newer|smaller|larger|longer|bigger|cheaper|dearer|better|same)[ -])"
    rf"(?P<one>one)\b{_OF_TIME}"
    r"|(?<![A-Za-z0-9-])(?P<alone>one)(?: (?:of|another|by one|can|could|should|may|will)\b|'?s\b"
    r"|-(?:off|on|by|sided|way|handed|click|tap|stop)\b|(?=[.,;:!?)]|$))",
)


def _english(text: str) -> Iterator[Numeral]:
    text = small(text)
    pronouns = {
        match.start("one") if match["one"] else match.start("alone")
        for match in _PRONOUN.finditer(text)
    }
    for match in _ENGLISH.finditer(text):
        if match.start() not in pronouns:
            yield Numeral((_english_value(match.group()),), *match.span(), "english")


def _english_value(written: str) -> float:
    total, current = 0.0, 0.0
    for word in re.split(r"[ -]+", written.lower()):
        if word in _SCALES:
            current = (current or 1.0) * _SCALES[word]
            if _SCALES[word] >= 1e3:
                total, current = total + current, 0.0
        elif word in ("a", "an"):
            current += 1.0
        else:
            current += _ONES.get(word, _TENS.get(word, 0.0))
    return total + current
