"""Numbers written in words, of both languages, put into digits before anything is compared."""

from __future__ import annotations

import re

import cn2an

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
}
_RUN = "[零〇一二两俩仨三四五六七八九十百千万亿]+"
_MEASURED = "个?(?:秒|分钟|小时|钟头|天|日|周|星期|礼拜|月|年|季度|工作日|折|元|块|倍|成|半|米|升|寸|赔|分期)"
# Words that hold a numeral's character and count nothing; weekdays and feasts are read as such.
_WORDS = (
    "一般|一样|一起|一下|一定|一些|一直|一律|一共|一并|一切|一旦|一致|一边|一会|统一|唯一|万一|逐一|同一|"
    "任一|之一|第一|进一步|店小二|小二|二维码|二手|十分|千万|百货|万分|第三方|四季|双十一|双十二|五一|六一|"
    "(?<![零一二两三四五六七八九十个\\d])(?:周|星期|礼拜)[一二三四五六](?!次|遍|回|张|个|件)"
)
_CHINESE = re.compile(
    f"({_WORDS})|百分之({_RUN}(?:点{_RUN})?)|({_RUN}点{_RUN}(?=折|倍|元|成|%))|({_RUN})"
)

_UNDER_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_FROM_TWENTY = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_UNDER_TWENTY.split())}
_TENS = {word: value * 10 for value, word in enumerate(_FROM_TWENTY.split(), start=2)}
_SCALES = {"hundreds": 100, "hundred": 100, "thousands": 1000, "thousand": 1000}
_WORD = "|".join([*_SMALL, *_TENS, *_SCALES])
_ENGLISH = re.compile(rf"\b(?:{_WORD})(?:(?:[ -]|\s+and\s+)(?:{_WORD}))*\b", re.IGNORECASE)
_FROM_SECOND = "second third fourth fifth sixth seventh eighth ninth tenth"
_ORDINALS = _FROM_SECOND.split()
_PERIOD = "(?:second|minute|hour|day|week|month|quarter|year)s?"
_ONE_OF = re.compile(
    rf"[ -](?:{_PERIOD}|(?:working|business) days?|point|yuan|dollar|percent|per cent|times?)\b",
    re.I,
)
_PHRASES = [
    (r"\bhalf (?:an?|of an?) (?=hour|day|week|month|year)", "0.5 "),
    (r"\b(?:one|an?) (\w+) and a half\b", r"1.5 \1"),
    (r"\bhalf(?: the)? price\b|\bhalf\b", "50%"),
    (r"\b(?:twice|doubled|double(?! (?:eleven|twelve|1[12])))\b", "2 times"),
    (r"\b(?:thrice|tripled?|treble|threefold)\b", "3 times"),
    (r"\btenfold\b", "10 times"),
    (r"\b(?:a )?dozen\b", "12"),
    (r"\ba couple of\b", "2"),
    (r"\ba fortnight\b", "14 days"),
    (r"\bwithin (?:an?|the) (?=(?:hour|day|week|month)\b)", "within 1 "),
    (r"\ban? (?=(?:minute|hour|day|week|month|quarter|year)\b)", "1 "),
    (r"\ba (?=hundred|thousand)", "one "),
    (r"半价|对折|一半|减半|半费", "50%"),
    (r"双倍|加倍|翻倍", "2倍"),
    (r"百分百|百分之百", "100%"),
    (rf"({_RUN}|\d+)个半(?=月|小时|钟头|星期)", r"\1点五个"),
    (rf"({_RUN}|\d+)年半", r"\1点五年"),
    (r"半(?=个?(?:小时|钟头|天|年|个?月|日))", "0.5"),
    (r"(\d)点五(?=个|年)", r"\1.5"),
]
_CHINESE_HALF = re.compile(f"({_RUN})点五(?=个|年)")


def to_digits(text: str) -> str:
    """Return the text with the numbers that are written in words as Arabic digits.

    "one" and 一 stay words unless they measure something (one year, 一折), and so does "first".
    """
    for pattern, digits in _PHRASES:
        text = re.sub(pattern, digits, text, flags=re.IGNORECASE)
    text = _CHINESE_HALF.sub(lambda found: f"{_chinese(found[1])}.5", text)
    text = re.sub(
        rf"(?<!\d )(?<!\d)\b({'|'.join(_ORDINALS)})\b",
        lambda found: f"{_ORDINALS.index(found[1].lower()) + 2}th",
        text,
        flags=re.IGNORECASE,
    )
    text = _ENGLISH.sub(_from_english, text)
    return _CHINESE.sub(_from_chinese, text)


def _from_chinese(found: re.Match[str]) -> str:
    word, percent, decimal, run = found.groups()
    if word:
        return word
    if percent or decimal:
        whole, _, part = (percent or decimal).partition("点")
        number = _chinese(whole) + (f".{_chinese(part)}" if part else "")
        return f"{number}%" if percent else number
    if run == "一" and not re.match(_MEASURED, found.string[found.end() :]):
        return run
    return _chinese(run)


def _chinese(run: str) -> str:
    """Digits of a run of numerals; "三四" is a range, "四零零" is read digit by digit."""
    if run.isdigit():
        return run
    plain = [_DIGITS[c] for c in run if c in _DIGITS]
    if len(plain) == len(run):
        if len(plain) == 2 and plain[1] == plain[0] + 1 and plain[0]:
            return f"{plain[0]}-{plain[1]}"
        return "".join(map(str, plain))
    try:
        return f"{cn2an.cn2an(re.sub('[两俩]', '二', run).replace('仨', '三'), 'smart'):.12g}"
    except (ValueError, LookupError):  # 三四十 is no number, yet must not go unseen
        return "".join(map(str, plain)) or run


def _from_english(found: re.Match[str]) -> str:
    words = re.split(r"(\s+and\s+|[ -])", found[0])
    if [w.lower() for w in words] == ["one"] and not _ONE_OF.match(found.string, found.end()):
        return found[0]
    out: list[str] = []
    total, last = 0, 0
    for place, word in enumerate(words[::2]):
        value = (_SMALL | _TENS | _SCALES)[word.lower()]
        if value in _SCALES.values():
            total = (total or 1) * value
        elif place and (last in _SCALES.values() or (last in _TENS.values() and value < 10)):
            total += value
        else:
            if place:
                out += [str(total), words[2 * place - 1]]
            total = value
        last = value
    return "".join([*out, str(total)])
