"""What queries answer is what one gets by adding up the second implementation's sums."""

from __future__ import annotations

from collections import Counter

import pytest

from backends.insights.measures import query
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.definitions import measures
from backends.insights.measures.filters import Filters
from backends.insights.measures.values import values_of
from tests.backends.insights.measures import world
from tests.backends.insights.measures.filled import FIRST, LAST, SOME


def added(found, filters, **group):
    """The sums of rows that filters leave, named as `values_of` wants them."""
    sums = Counter()
    for table, rows in found.items():
        if table in ("intents", "people"):
            continue
        for key, numbers in rows.items():
            row = dict(key)
            wanted = {name: getattr(filters, name) for name in ("channel", "language", "model")}
            wanted = {name: value for name, value in wanted.items() if value}
            wanted = {"segment": filters.segment, **wanted, **group}
            if filters.first <= row["day"] <= filters.last and all(
                row[name] == value for name, value in wanted.items()
            ):
                sums.update({f"{table}.{name}": number for name, number in numbers.items()})
    return sums


def without(values):
    return {name: value for name, value in values.items() if name != "stickiness"}


@pytest.mark.parametrize("chosen", SOME, ids=str)
async def test_an_overview_and_its_days(filled, chosen):
    found = filled.expected
    filters = Filters(FIRST, LAST, **chosen)
    async with filled.read() as session:
        overview = await query.overview(session, filters)
        days = await query.by_day(session, filters)
        sentiment = await query.sentiment_by_day(session, filters)
    assert set(overview) == set(measures())
    assert without(overview) == without(values_of(added(found, filters), None))
    assert [day for day, _ in days] == filters.days
    for day, values in days:
        assert without(values) == without(values_of(added(found, filters, day=day), None))
    total = sum(negative + neutral + positive for _, negative, neutral, positive in sentiment)
    assert total == overview["negative_share"].of
    if chosen == {"channel": "nowhere"}:
        assert {value.of for value in overview.values()} == {0}
    else:
        assert overview["conversations"].of


@pytest.mark.parametrize("dimension", ["channel", "language", "segment", "model"])
async def test_groups(filled, dimension):
    found = filled.expected
    filters = Filters(FIRST, LAST)
    async with filled.read() as session:
        groups = await query.by(session, filters, dimension)
    names = {dict(key)[dimension] for table in found for key in found[table] if table != "people"}
    names -= {""} if dimension == "segment" else set()
    assert [name for name, _ in groups] == sorted("" if name == "-" else name for name in names)
    for name, values in groups:
        asked = "-" if dimension == "segment" and not name else name
        sums = added(found, filters, **{dimension: asked})
        assert without(values) == without(values_of(sums, None))


async def test_stickiness_is_of_thirty_days_up_to_the_last(filled):
    found = filled.expected
    last = day_of(world.at(8))
    for dimension, value in [("", ""), ("channel", "wechat"), ("segment", "buyers")]:
        row = found["people"][(("day", last), ("dimension", dimension), ("value", value))]
        filters = Filters(FIRST, last, **({dimension: value} if dimension else {}))
        async with filled.read() as session:
            got = (await query.overview(session, filters))["stickiness"]
            by_day = dict(await query.by_day(session, filters))[last]["stickiness"]
        assert got.value == pytest.approx(row["month_visits"] / 30 / row["month_people"])
        assert got.of == row["month_people"]
        assert by_day == got
    async with filled.read() as session:
        both = Filters(FIRST, last, channel="wechat", language="zh")
        assert (await query.overview(session, both))["stickiness"] == query.Value(None, 0)


async def test_intents(filled):
    found = filled.expected
    wanted = Counter()
    for key, numbers in found["intents"].items():
        row = dict(key)
        if row["segment"] == "" and row["channel"] == "wechat":
            wanted[row["intent"]] += numbers["times"]
    async with filled.read() as session:
        got = await query.intents(session, Filters(FIRST, LAST, channel="wechat"))
        first = await query.intents(session, Filters(FIRST, LAST, channel="wechat"), 1)
    assert {one.intent: one.count for one in got} == wanted
    assert sum(one.share for one in got) == pytest.approx(1)
    assert first == got[:1]
    assert first[0].count == max(wanted.values())


async def test_choices(filled):
    async with filled.read() as session:
        got = await query.choices(session)
    assert set(got.channels) == {"wechat", "slack", "web"}
    assert got.languages == ["en", "zh"]
    assert got.segments == ["buyers", "spenders"]
    assert got.models == ["m1", "m2"]
    assert got.first <= got.last
