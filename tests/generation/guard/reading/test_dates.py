"""Dates, weekdays and times of the day mean the same in all forms."""

from datetime import date

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.generation.guard.reading.facts import find_facts
from xiaoer.generation.guard.reading.normalising import normalise


def found(text):
    return [(fact.kind, fact.value) for fact in find_facts(normalise(text))]


MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_date_in_any_form(day):
    year, month, number = day.year, day.month, day.day
    name = MONTHS[month - 1]
    short = name[:3]
    spoken_year = "".join("零一二三四五六七八九"[int(digit)] for digit in str(year))
    whole = (year, month, number)
    for written in (
        day.isoformat(),
        f"{year}/{month}/{number}",
        f"{year}.{month}.{number}",
        f"{year}年{month}月{number}日",
        f"{year} 年 {month} 月 {number} 日",
        f"{spoken_year}年{cn2an.an2cn(month)}月{cn2an.an2cn(number)}日".replace("一十", "十"),
        f"{number} {name} {year}",
        f"{name} {number}, {year}",
        f"{short} {number}, {year}",
        f"the {number}th of {name} {year}",
        f"{month}/{number}/{year}",
    ):
        assert found(f"到 {written}") == [("date", whole)], written
        assert found(f"until {written}.") == [("date", whole)], written
    for written in (
        f"{month}月{number}日",
        f"{month} 月 {number} 号",
        f"{number} {name}",
        f"{name} {number}",
        f"{short}. {number}",
        f"{month}/{number}",
    ):
        assert found(f"从 {written}起") == [("date", (None, month, number))], written


@given(st.integers(0, 23), st.integers(0, 59))
def test_any_time_in_any_form(hour, minute):
    minutes = hour * 60 + minute
    half, twelfth = ("am", "pm")[hour >= 12], hour % 12 or 12
    forms = [f"{hour}:{minute:02}", f"{hour:02}：{minute:02}", f"{twelfth}:{minute:02} {half}"]
    forms += [f"{twelfth}:{minute:02} {half[0]}.m.", f"{twelfth}:{minute:02}{half.upper()}"]
    if not minute:
        forms += [f"{twelfth} {half}", f"{twelfth}{half}", f"{hour} 点", f"{hour}点整"]
        forms += [f"{cn2an.an2cn(hour)}点钟".replace("一十", "十")] if hour else []
    elif minute == 30:
        forms += [f"{hour}点半", f"{hour}点30分"]
    if 13 <= hour <= 17:
        forms.append(f"下午 {hour - 12}:{minute:02}")
    if 18 <= hour <= 23:
        forms.append(f"晚上{hour - 12}:{minute:02}")
    for written in forms:
        assert found(f"开到 {written}") == [("clock", minutes)], written
        assert found(f"until {written}, please") == [("clock", minutes)], written


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("11月26日至12月2日", [("date", (None, 11, 26)), ("date", (None, 12, 2))]),
        ("11月26日至30日", [("date", (None, 11, 26)), ("date", (None, 11, 30))]),
        ("26–28 November", [("date", (None, 11, 26)), ("date", (None, 11, 28))]),
        ("November 26–28", [("date", (None, 11, 26)), ("date", (None, 11, 28))]),
        ("十一月", [("date", (None, 11, None))]),
        ("in November", [("date", (None, 11, None))]),
        ("2026年", [("date", (2026, None, None))]),
        ("points from 2026", [("date", (2026, None, None))]),
        (
            "明年1月",
            [
                ("date", ("next year", 1, None)),
            ],
        ),
        ("周一", [("weekday", "mon")]),
        ("星期一", [("weekday", "mon")]),
        ("礼拜天", [("weekday", "sun")]),
        ("Monday", [("weekday", "mon")]),
        ("on Fridays", [("weekday", "fri")]),
        ("周一至周五", [("weekday", "mon"), ("weekday", "fri")]),
        ("周一到五", [("weekday", "mon"), ("weekday", "fri")]),
        ("Monday to Friday", [("weekday", "mon"), ("weekday", "fri")]),
        ("周末", [("weekday", "weekend")]),
        ("at weekends", [("weekday", "weekend")]),
        ("工作日", [("weekday", "workday")]),
        ("每天", [("weekday", "daily")]),
        ("daily", [("weekday", "daily")]),
        ("每周一次", [("weekday", "weekly"), ("times", 1)]),
        ("明天", [("relative day", "tomorrow")]),
        ("tomorrow", [("relative day", "tomorrow")]),
        ("后天", [("relative day", "day after tomorrow")]),
        ("今天", [("relative day", "today")]),
        ("tonight", [("relative day", "today")]),
        ("当天", [("relative day", "same day")]),
        ("次日达", [("relative day", "next day")]),
        ("next-day delivery", [("relative day", "next day")]),
        ("马上", [("relative day", "at once")]),
        ("right away", [("relative day", "at once")]),
        ("尽快", [("relative day", "soon")]),
        ("双十一", [("relative day", "double 11")]),
        ("双11", [("relative day", "double 11")]),
        ("Double Eleven", [("relative day", "double 11")]),
        ("9:00–21:00", [("clock", 540), ("clock", 1260)]),
        ("9am–6pm", [("clock", 540), ("clock", 1080)]),
        ("9 to 11 pm", [("clock", 1260), ("clock", 1380)]),
        ("9 to 6 pm", [("clock", 540), ("clock", 1080)]),
        ("晚上九点", [("clock", 1260)]),
        ("早上九点到晚上九点", [("clock", 540), ("clock", 1260)]),
        ("下午两点到四点", [("clock", 840), ("clock", 960)]),
        ("下午 2–5 点", [("clock", 840), ("clock", 1020)]),
        ("18–21 点", [("clock", 1080), ("clock", 1260)]),
        ("晚上12点", [("clock", 0)]),
        ("中午12点", [("clock", 720)]),
        ("noon", [("clock", 720)]),
        ("三点一刻", [("clock", 195)]),
    ],
)
def test_forms(text, facts):
    assert found(text) == facts


@pytest.mark.parametrize(
    "text",
    [
        "以后天天有货的日子",
        "说明天数",
        "目前天气",
        "you may return it and march on",
        "as soon as the courier comes",
        "以下三点建议要看",
        "now you can order",
        "second-hand sun hats sat there",
    ],
)
def test_words_that_are_no_dates(text):
    assert [one for one in found(text) if one[0] in ("date", "clock", "relative day")] == []


def test_what_is_no_day_of_the_calendar_is_no_date():
    assert found("13/32") == [("", 13), ("", 32)]
    assert found("2026-13-40")[0][0] != "date"
