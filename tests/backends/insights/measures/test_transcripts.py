"""Pages of conversations, and what was said in one."""

from __future__ import annotations

import pytest

from backends.errors import ApiError
from backends.insights.measures.filters import Filters
from backends.insights.measures.transcripts import conversations, transcript
from tests.backends.insights.measures import world
from tests.backends.insights.measures.filled import FIRST, LAST


async def test_pages_follow_each_other(settings):
    async with world.opened(settings) as (database, _):
        talks = [world.conversation("web", "eve", world.at(1, n / 100)) for n in range(120)]
        await world.add(database, *talks)
        async with database.read() as session:
            filters = Filters(FIRST, LAST)
            pages = [await conversations(session, filters, number) for number in (1, 2, 3, 4, 5000)]
    assert [len(page.rows) for page in pages] == [50, 50, 20, 0, 0]
    assert [page.more for page in pages] == [True, True, False, False, False]
    moments = [talk.started_at for page in pages for talk in page.rows]
    assert moments == sorted(moments, reverse=True)
    assert len(set(moments)) == 120


async def test_a_transcript_is_in_order(settings):
    async with world.opened(settings) as (database, _):
        talk = world.conversation("web", "eve", world.at(1))
        await world.add(database, talk)
        said = [world.turn(talk, second, text=str(second)) for second in (30, 10, 20)]
        await world.add(database, *said)
        async with database.read() as session:
            found, turns = await transcript(session, talk.id)
            assert found.id == talk.id
            assert [turn.text for turn in turns] == ["10", "20", "30"]
            for missing in (talk.id + 1000, 0, -1, 2**70):
                with pytest.raises(ApiError) as refused:
                    await transcript(session, missing)
                assert refused.value.status == 404
