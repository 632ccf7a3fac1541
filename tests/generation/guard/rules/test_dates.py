"""Dates, weekdays and times of the day: the same meaning, and no tomorrow that is not there."""

import pytest

from tests.generation.guard.drafts import objection
from xiaoer.generation.guard.rules.dates import Dates

RULE = Dates()
HOURS = ("周一至周五 9:00–18:00，周末休息；明天照常。", "2026-11-26 起，次日送达。")
HOURS_EN = (
    "Monday to Friday from 9 am to 6 pm, closed at weekends; open tomorrow.",
    "From 26 November 2026, next-day delivery.",
)


@pytest.mark.parametrize(
    "reply",
    [
        "家电全场 85 折，11月10日到12月20日。",
        "到十二月二十号。",
        "每天 9 点到 21 点。",
        "每天早上九点到晚上九点。",
        "Until 20 December.",
        "Until December 20th, 2026.",
        "Until 20 Dec 2026.",
        "Daily from 9 am to 9 pm.",
        "Every day from 9:00 to 21:00.",
    ],
)
def test_what_the_evidence_has_in_other_forms(reply):
    assert objection(RULE, reply) is None


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        ("到 12 月 31 日。", "12 月 31 日"),
        ("到 2027 年 12 月 20 日。", "2027 年 12 月 20 日"),
        ("12 月有活动。", "12 月"),
        ("每天 9:00–22:00。", "22:00"),
        ("每天晚上九点到早上九点。", "晚上九点"),
        ("明天送到。", "明天"),
        ("马上发货。", "马上"),
        ("尽快处理。", "尽快"),
        ("周末不上班。", "周末"),
        ("周一送到。", "周一"),
        ("双十一更便宜。", "双十一"),
        ("Until 31 December.", "31 December"),
        ("Until 20 December 2027.", "20 December 2027"),
        ("Daily from 9 am to 10 pm.", "9 am to 10 pm"),
        ("It arrives tomorrow.", "tomorrow"),
        ("We send it right away.", "right away"),
        ("We will answer soon.", "soon"),
        ("Closed on Sundays.", "Sundays"),
    ],
)
def test_what_the_evidence_has_not(reply, what):
    assert objection(RULE, reply) == what


@pytest.mark.parametrize(
    "reply",
    [
        "家电全场 85 折，12 月 20 日至 11 月 10 日。",
        "Warm Winter Sale: 15% off all home appliances, 20 December to 10 November 2026.",
        "每天 21:00–9:00。",
    ],
)
def test_days_and_hours_that_changed_places(reply):
    assert objection(RULE, reply) is not None


def test_weekdays_and_words_for_days():
    for reply in (
        "周一到周五早上九点到下午六点。",
        "星期一至星期五。",
        "周末休息。",
        "明天照常。",
        "次日送达。",
    ):
        assert objection(RULE, reply, evidence=HOURS) is None, reply
    for reply in ("周一到周六。", "周日休息。", "后天照常。", "当天送达。", "今天照常。"):
        assert objection(RULE, reply, evidence=HOURS) is not None, reply
    for reply in (
        "Monday to Friday.",
        "On Mondays from 9:00.",
        "Closed on weekends.",
        "Open tomorrow.",
    ):
        assert objection(RULE, reply, evidence=HOURS_EN) is None, reply
    for reply in (
        "Monday to Saturday.",
        "Open today.",
        "Same-day delivery.",
        "Monday to Friday from 9 to 6 am.",
    ):
        assert objection(RULE, reply, evidence=HOURS_EN) is not None, reply


def test_a_year_may_be_left_out_and_never_added():
    assert objection(RULE, "11 月 26 日起。", evidence=HOURS) is None
    assert objection(RULE, "From 26 November.", evidence=HOURS_EN) is None
    assert objection(RULE, "2026 年 11 月 10 日起。") == "2026 年 11 月 10 日"


def test_days_that_the_customer_wishes_prove_nothing():
    assert objection(RULE, "可以，明天送到。", "明天能到吗") == "明天"
    assert objection(RULE, "Yes, it arrives on Monday.", "Monday?") == "Monday"
