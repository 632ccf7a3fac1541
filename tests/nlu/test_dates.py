"""Dates in both languages and the days they mean on a Wednesday, 14 October 2026."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.nlu.dates import find_dates, parse_date

WEDNESDAY = datetime.date(2026, 10, 14)
SATURDAY = datetime.date(2026, 10, 17)
SUNDAY = datetime.date(2026, 10, 18)
MONDAY = datetime.date(2026, 10, 19)
DAYS = st.dates(datetime.date(2001, 1, 1), datetime.date(2098, 12, 31))
THIS_CENTURY = st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31))
CHINESE_DIGITS = "〇一二三四五六七八九"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        # in digits
        ("2026-10-05", "2026-10-05"),
        ("2026/10/5", "2026-10-05"),
        ("2026.10.5", "2026-10-05"),
        ("10/5/2026", "2026-10-05"),
        ("25/12/2026", "2026-12-25"),
        # with months
        ("2026年10月5日", "2026-10-05"),
        ("二〇二六年十月五号", "2026-10-05"),
        ("26年10月5号", "2026-10-05"),
        ("10 月 5 号", "2026-10-05"),
        ("十月二十一日", "2026-10-21"),
        ("去年12月3号", "2025-12-03"),
        ("2026年10月", "2026-10-01/2026-10-31"),
        ("11月份", "2026-11-01/2026-11-30"),
        ("2月底", "2027-02-28"),
        ("October 5th, 2026", "2026-10-05"),
        ("Oct 5", "2026-10-05"),
        ("the 5th of Oct", "2026-10-05"),
        ("5 October 2025", "2025-10-05"),
        ("March 2026", "2026-03-01/2026-03-31"),
        # days near by
        ("大前天", "2026-10-11"),
        ("前天", "2026-10-12"),
        ("昨天", "2026-10-13"),
        ("昨晚", "2026-10-13"),
        ("今天", "2026-10-14"),
        ("明天", "2026-10-15"),
        ("后天", "2026-10-16"),
        ("大后天", "2026-10-17"),
        ("the day before yesterday", "2026-10-12"),
        ("yesterday", "2026-10-13"),
        ("last night", "2026-10-13"),
        ("Today", "2026-10-14"),
        ("this evening", "2026-10-14"),
        ("tmr", "2026-10-15"),
        ("day after tomorrow", "2026-10-16"),
        # weeks
        ("上周五", "2026-10-09"),
        ("上上周五", "2026-10-02"),
        ("上个星期天", "2026-10-11"),
        ("这周日", "2026-10-18"),
        ("周一", "2026-10-12"),
        ("礼拜六", "2026-10-17"),
        ("下周一", "2026-10-19"),
        ("下周3", "2026-10-21"),
        ("上周", "2026-10-05/2026-10-11"),
        ("周末", "2026-10-17/2026-10-18"),
        ("上周末", "2026-10-10/2026-10-11"),
        ("last Friday", "2026-10-09"),
        ("last Wednesday", "2026-10-07"),
        ("past thurs", "2026-10-08"),
        ("this Friday", "2026-10-16"),
        ("coming Friday", "2026-10-16"),
        ("Friday", "2026-10-16"),
        ("Wednesday", "2026-10-14"),
        ("Monday", "2026-10-19"),
        ("next Monday", "2026-10-19"),
        ("next Friday", "2026-10-23"),
        ("Friday of next week", "2026-10-23"),
        ("last week Monday", "2026-10-05"),
        ("last week", "2026-10-05/2026-10-11"),
        ("this weekend", "2026-10-17/2026-10-18"),
        ("the weekend", "2026-10-17/2026-10-18"),
        ("next weekend", "2026-10-24/2026-10-25"),
        # months and years
        ("上个月", "2026-09-01/2026-09-30"),
        ("上个月15号", "2026-09-15"),
        ("月底", "2026-10-31"),
        ("下月初", "2026-11-01"),
        ("年底", "2026-12-31"),
        ("明年年底", "2027-12-31"),
        ("去年", "2025-01-01/2025-12-31"),
        ("last month", "2026-09-01/2026-09-30"),
        ("next year", "2027-01-01/2027-12-31"),
        ("end of month", "2026-10-31"),
        ("the end of next month", "2026-11-30"),
        ("beginning of the year", "2026-01-01"),
        # so far away
        ("三天前", "2026-10-11"),
        ("10天后", "2026-10-24"),
        ("两周后", "2026-10-28"),
        ("三个星期之前", "2026-09-23"),
        ("3个月前", "2026-07-14"),
        ("半个月后", "2026-10-29"),
        ("半年前", "2026-04-14"),
        ("一年以后", "2027-10-14"),
        ("in 3 days", "2026-10-17"),
        ("in a week", "2026-10-21"),
        ("in two weeks' time", "2026-10-28"),
        ("2 weeks ago", "2026-09-30"),
        ("a couple of days ago", "2026-10-12"),
        ("three months from now", "2027-01-14"),
        # no such day
        ("2026年2月30日", None),
        ("13月1日", None),
        ("Feb 30", None),
        ("2026-13-01", None),
        ("上个月31号", None),
        ("0月5日", None),
        # no date
        ("", None),
        ("三天", None),
        ("weekend bag", None),
    ],
)
def test_what_a_date_means(text, meaning):
    assert parse_date(text, WEDNESDAY) == meaning


@pytest.mark.parametrize(
    ("text", "today", "meaning"),
    [
        # 上周五 is of the week before, "last Friday" the one just gone.
        ("上周五", SATURDAY, "2026-10-09"),
        ("last Friday", SATURDAY, "2026-10-16"),
        ("last Saturday", SATURDAY, "2026-10-10"),
        # Weeks begin on Monday: on Sunday the next is tomorrow.
        ("下周一", SUNDAY, "2026-10-19"),
        ("next Monday", SUNDAY, "2026-10-19"),
        ("周末", SUNDAY, "2026-10-17/2026-10-18"),
        ("last weekend", MONDAY, "2026-10-17/2026-10-18"),
        ("this Friday", SUNDAY, "2026-10-23"),
        ("这周五", SUNDAY, "2026-10-16"),
        # the nearest of its name
        ("12月30号", datetime.date(2027, 1, 4), "2026-12-30"),
        ("Jan 4", datetime.date(2026, 12, 30), "2027-01-04"),
        ("2月29日", datetime.date(2027, 9, 1), "2028-02-29"),
        # months of other lengths
        ("一个月后", datetime.date(2027, 1, 31), "2027-02-28"),
        ("1 year ago", datetime.date(2028, 2, 29), "2027-02-28"),
        ("月底", datetime.date(2028, 2, 3), "2028-02-29"),
    ],
)
def test_what_it_means_on_another_day(text, today, meaning):
    assert parse_date(text, today) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "以后天天都有吗",
        "目前天气不错",
        "说明天数",
        "这个月饼多少钱",
        "马上周末了",
        "两三天后",
        "一周一次",
        "每周一",
        "三天内发货",
        "7天无理由",
        "this sun hat",
        "a weekend bag",
        "1.5.2026",
        "XD-2026-10-05",
        "2026-10-05-12",
        "may I",
        "第3天",
    ],
)
def test_what_names_no_day(text):
    assert list(find_dates(text, WEDNESDAY)) == []


@pytest.mark.parametrize("text", ["上周三件衣服", "上周一直没货", "上周50件"])
def test_a_week_is_not_cut_short(text):
    assert [text[a:b] for a, b, _ in find_dates(text, WEDNESDAY)] == ["上周"]


@given(THIS_CENTURY, DAYS)
def test_a_full_date_is_that_day(day, today):
    months = f"{day:%B %d %Y}", f"{day:%b}. {day.day}, {day.year}", f"{day.day} {day:%B} {day.year}"
    spoken = "".join(CHINESE_DIGITS[int(digit)] for digit in str(day.year))
    for text in (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{spoken}年{_chinese(day.month)}月{_chinese(day.day)}号",
        f"{day.month}/{day.day}/{day.year}",
        *months,
    ):
        assert parse_date(text, today) == day.isoformat(), text


def _chinese(number):
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else CHINESE_DIGITS[tens] + "十"
    return ten + (CHINESE_DIGITS[ones] if ones else "")


@given(DAYS, st.integers(-180, 180))
def test_without_a_year_it_is_the_nearest(today, days):
    day = today + datetime.timedelta(days=days)
    meant = datetime.date.fromisoformat(parse_date(f"{day.month}月{day.day}号", today))
    assert (meant.month, meant.day) == (day.month, day.day)
    # 29 February may be years away, and then another of those three years has one or none.
    assert meant == day or (day.month, day.day) == (2, 29)


@given(DAYS, st.integers(1, 999))
def test_days_away(today, number):
    away = datetime.timedelta(days=number)
    assert parse_date(f"{number}天前", today) == (today - away).isoformat()
    assert parse_date(f"{number} days ago", today) == (today - away).isoformat()
    assert parse_date(f"{number}天后", today) == (today + away).isoformat()
    assert parse_date(f"in {number} days", today) == (today + away).isoformat()


@given(DAYS, st.integers(0, 6))
def test_weekdays(today, number):
    chinese, english = "一二三四五六日"[number], f"{datetime.date(2026, 10, 12 + number):%A}"
    monday = today - datetime.timedelta(days=today.weekday())
    for prefix, weeks in (("上", -1), ("这", 0), ("下", 1)):
        day = monday + datetime.timedelta(days=number + 7 * weeks)
        assert parse_date(f"{prefix}周{chinese}", today) == day.isoformat()
    last = datetime.date.fromisoformat(parse_date(f"last {english}", today))
    this = datetime.date.fromisoformat(parse_date(f"this {english}", today))
    assert last.weekday() == this.weekday() == number
    assert 1 <= (today - last).days <= 7
    assert 0 <= (this - today).days <= 6


@given(st.text(alphabet="0123456789年月日号周上下个前后天一二三十半末底 -/.", max_size=40), DAYS)
def test_any_text_gives_days_or_none(text, today):
    for start, end, value in find_dates(text, today):
        assert 0 <= start < end <= len(text)
        if value is not None:
            days = [datetime.date.fromisoformat(part) for part in value.split("/")]
            assert days == sorted(days)


def test_the_calendars_end_is_no_error():
    assert parse_date("999年后", datetime.date(9998, 1, 1)) is None
    assert parse_date("999 years ago", datetime.date(1, 1, 1)) is None
    assert parse_date("明天", datetime.date(9999, 12, 31)) is None
