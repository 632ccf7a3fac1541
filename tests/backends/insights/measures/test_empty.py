"""A shop in which nothing has happened, and one with odd names."""

from __future__ import annotations

import csv
import io

from backends.insights.measures import query
from backends.insights.measures.export import csv_lines
from backends.insights.measures.filters import Filters
from tests.backends.insights.measures import world
from tests.backends.insights.measures.filled import FIRST, LAST


async def test_an_empty_shop_has_no_figures(settings):
    async with world.opened(settings) as (database, counter):
        assert await counter.count() == 0
        async with database.read() as session:
            overview = await query.overview(session, Filters(FIRST, LAST))
            assert {value.of for value in overview.values()} == {0}
            assert (await query.choices(session)).first is None
            assert await query.by(session, Filters(FIRST, LAST), "channel") == []
            assert await query.intents(session, Filters(FIRST, LAST)) == []


async def test_a_channel_named_like_a_formula_is_text_in_the_csv(settings):
    async with world.opened(settings) as (database, counter):
        await world.add(database, world.conversation("=1+1", "eve", world.at(1), model="@m"))
        await counter.count()
        async with database.read() as session:
            lines = [line async for line in csv_lines(session, Filters(FIRST, LAST))]
    row = next(csv.DictReader(io.StringIO("".join(lines))))
    assert (row["channel"], row["model"]) == ("'=1+1", "'@m")
