"""Sums kept fresh step by step are those of a recount, and those of a second implementation."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from backends.insights.events.models import Conversation
from backends.insights.measures.models import (
    SUMMED,
    DailyIntents,
    DailyPeople,
    StaleDay,
)
from tests.backends.insights.measures import world
from tests.backends.insights.measures.happenings import STEPS, Shop
from tests.backends.insights.measures.oracle import compare, stored


async def play(settings: Any, seed: int, steps: list[str]) -> None:
    async with world.opened(settings) as (database, counter):
        shop = Shop(database, seed)
        for step in steps:
            if step == "count":
                while await counter.count():
                    pass
                await compare(database)
            else:
                await getattr(shop, step)()
        while await counter.count():
            pass
        await compare(database)
        async with database.read() as session:
            uncounted = select(func.count()).where(Conversation.counted.is_(False))
            assert (await session.execute(uncounted)).scalar_one() == 0
            assert (await session.execute(select(func.count(StaleDay.id)))).scalar_one() == 0
        kept = await stored(database)
        async with database.write() as session:
            for kind in (*SUMMED, DailyIntents, DailyPeople):
                await session.execute(delete(kind))
        await counter.mark_all()
        while await counter.count():
            pass
        await compare(database)
        again = await stored(database)
        assert {name: again[name] for name in kept if name != "people"} == {
            name: kept[name] for name in kept if name != "people"
        }


_WALKS = {
    "seed": st.integers(0, 10**6),
    "steps": st.lists(st.sampled_from(STEPS), min_size=80, max_size=150),
}
_BOUNDED = {
    "deadline": None,
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


@hypothesis_settings(max_examples=12, **_BOUNDED)
@given(**_WALKS)
def test_counting_bit_by_bit_is_counting_all(sqlite_settings, seed, steps):
    asyncio.run(play(sqlite_settings, seed, steps))


@pytest.mark.service
@hypothesis_settings(max_examples=4, **_BOUNDED)
@given(**_WALKS)
def test_counting_bit_by_bit_is_counting_all_on_postgresql(postgres_settings, seed, steps):
    asyncio.run(play(postgres_settings, seed, steps))
