"""Chinese dates: 10月5号, 明天, 上周五, 三天前, 月底."""

import re
from datetime import date, timedelta

from xiaoer.nlu.dates import form
from xiaoer.nlu.dates.form import DateForm, Interval, Meaning
from xiaoer.text.numbers import parse_whole

_NOT_IN_NUMBER = "(?<![0-9.零〇一二两三四五六七八九十百千万几])"
_COUNT = "(?:[0-9]{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]|半(?=个月|年))"
_YEAR = "(?P<year>(?:20)?[0-9]{2}|[一二三四五六七八九零〇]{4}|[今去明前后])年"
_MONTH = "(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2}) ?月"
_DAY = "(?P<day>[0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?[日号]"
_EDGE = "(?P<edge>[底末初])"
# 上周三件 is three pieces of last week, 上周一直 all of it, 这周天气 no Sunday.
_WEEKDAY = (
    "(?P<weekday>[一二三四五六](?![天次件个单台双十百千万直共样般起定下些])"
    "|[日天](?![气常用子])|末|[1-7](?![0-9天次件个单]))"
)
# 马上周末了 and 晚上周五 are not of last week.
_WHICH = "(?<![马晚早])(?P<which>上上|下下|上|下|这|本)一?个?"
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_YEAR_STEPS = {"前": -2, "去": -1, "今": 0, "明": 1, "后": 2}
_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week"}
_UNITS |= {"月": "month", "年": "year"}
_HALVES = {"month": (15, "day"), "year": (6, "month")}


def _calendar_day(match: re.Match[str], today: date) -> Meaning:
    found = match.groupdict()
    month = parse_whole(found["month"]) or 0
    year = _year(found["year"], today) if found.get("year") else None
    if found["day"]:
        day = parse_whole(found["day"]) or 0
        return date(year, month, day) if year else form.nearest(today, month, day)
    first = date(year, month, 1) if year else form.nearest(today, month, 1)
    return first and _part(form.month(first, 0), found["edge"])


def _year(written: str, today: date) -> int:
    if written in _YEAR_STEPS:
        return today.year + _YEAR_STEPS[written]
    number = parse_whole(written) or 0
    return number + 2000 if number < 100 else number


def _part(interval: Interval, edge: str | None) -> Meaning:
    if not edge:
        return interval
    return interval[0] if edge == "初" else interval[1]


def _near_day(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=_DAYS[match["near"]])


def _week(match: re.Match[str], today: date) -> Meaning:
    weeks, weekday = _STEPS[match["which"]], match["weekday"]
    return _of_week(today, weeks, weekday) if weekday else form.week(today, weeks)


def _this_week(match: re.Match[str], today: date) -> Meaning:
    return _of_week(today, 0, match["weekday"])


def _of_week(today: date, weeks: int, weekday: str) -> Meaning:
    if weekday == "末":
        return form.weekend(today, weeks)
    number = 7 if weekday in "日天" else parse_whole(weekday) or 0
    return form.weekday_of(today, weeks, number - 1)


def _month(match: re.Match[str], today: date) -> Meaning:
    interval = form.month(today, _STEPS[match["which"]])
    if match["day"]:
        return interval[0].replace(day=parse_whole(match["day"]) or 0)
    return _part(interval, match["edge"])


def _year_alone(match: re.Match[str], today: date) -> Meaning:
    return _part(form.year(today, _YEAR_STEPS[match["year"]]), match["edge"])


def _edge(match: re.Match[str], today: date) -> Meaning:
    around = form.month if match["unit"] == "月" else form.year
    return _part(around(today, 0), match["edge"])


def _away(match: re.Match[str], today: date) -> Meaning:
    unit = _UNITS[match["unit"]]
    sign = -1 if match["side"] == "前" else 1
    if match["count"] == "半":
        count, unit = _HALVES[unit]
    else:
        count = parse_whole(match["count"]) or 0
    return form.shift(today, sign * count, unit)


FORMS = [
    DateForm(
        re.compile(f"{_NOT_IN_NUMBER}{_YEAR} ?{_MONTH}(?:份? ?{_DAY}|{_EDGE}|份?)"), _calendar_day
    ),
    DateForm(re.compile(f"{_NOT_IN_NUMBER}{_MONTH}(?:份? ?{_DAY}|{_EDGE}|份)"), _calendar_day),
    DateForm(
        # 以后天天, 目前天气 and 说明天数 name no day.
        re.compile(
            "(?P<near>(?<![以之目今然大])大?[前后](?=[天日])|(?<![说声证透])[昨今明])[天日晚早夜儿]"
        ),
        _near_day,
    ),
    DateForm(re.compile(f"{_WHICH}(?:周|星期|礼拜){_WEEKDAY}?"), _week),
    DateForm(
        re.compile("(?<![每上下这本个一两三四五六七八九十几半整0-9])(?:周|星期|礼拜)" + _WEEKDAY),
        _this_week,
    ),
    DateForm(re.compile(f"{_WHICH}月(?![饼球亮嫂])(?:{_DAY}|{_EDGE})?"), _month),
    DateForm(re.compile(f"(?<![以之])(?P<year>[今去明前后])年(?:年?{_EDGE})?"), _year_alone),
    DateForm(re.compile(f"(?<![0-9一二三四五六七八九十个])(?P<unit>[月年]){_EDGE}"), _edge),
    DateForm(
        re.compile(
            f"{_NOT_IN_NUMBER}(?P<count>{_COUNT}) ?(?:个(?=月|星期|礼拜))?"
            "(?P<unit>[天日周年]|(?<=个)月|星期|礼拜)[之以]?(?P<side>[前后])"
        ),
        _away,
    ),
]
