"""Numbers as people read them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.console.insights.formats import duration, figure
from backends.console.texts import texts

EN, ZH = texts("en"), texts("zh")
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(None, "share", "–"), (0, "count", "0"), (1234567, "count", "1,234,567"),
     (0.8236, "share", "82.4%"), (1, "share", "100.0%"), (-0.00001, "share", "0.0%"),
     (12.5, "money", "¥12.50"), (9999.99, "money", "¥9,999.99"), (1234567.8, "money", "¥1,234,568"),
     (-3, "money", "−¥3.00"), (-33.333, "score", "−33.3"), (0.04, "score", "0.0")],
)  # fmt: skip
def test_units(value, unit, text):
    assert figure(value, unit, EN) == text
    assert figure(value, unit, ZH) == text


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [(0, "0 s", "0 秒"), (1.24, "1.2 s", "1.2 秒"), (9.96, "10 s", "10 秒"), (59.6, "1 min", "1 分"),
     (60, "1 min", "1 分"), (453, "7 min 33 s", "7 分 33 秒"), (3599.7, "1 h", "1 小时"),
     (3660, "1 h 1 min", "1 小时 1 分"), (86399, "1 d", "1 天"), (90000, "1 d 1 h", "1 天 1 小时")],
)  # fmt: skip
def test_durations(seconds, en, zh):
    assert duration(seconds, EN) == en
    assert duration(seconds, ZH) == zh


@given(st.floats(0, 1e7))
def test_a_duration_says_how_long_it_is(seconds):
    parts = re.findall(r"([\d.]+) (\w+)", duration(seconds, EN))
    assert 1 <= len(parts) <= 2
    told = sum(float(count) * UNITS[unit] for count, unit in parts)
    # Half of the smallest unit that may be told.
    least = 0.05 if seconds < 9.95 else 0.5 if seconds < 3599.5 else 30 if seconds < 86370 else 1800
    assert abs(told - seconds) <= least + 1e-6
    for count, unit in parts[1:]:
        assert float(count) < {"s": 60, "min": 60, "h": 24}[unit]
