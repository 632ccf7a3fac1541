"""Several count at once, and one is stopped in the middle: the sums are right all the same."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from backends.insights.measures.counting.parts import PARTS
from backends.insights.measures.models import DailyConversations
from tests.backends.conftest import ROOT, clean_env
from tests.backends.insights.measures import world
from tests.backends.insights.measures.happenings import Shop
from tests.backends.insights.measures.oracle import compare


async def test_four_count_while_things_happen(settings):
    async with world.opened(settings) as (database, counter):
        others = [world.Database(settings.database_url, 10_000) for _ in range(3)]
        shop = Shop(database, 11)
        await shop.walk(40)
        is_over = asyncio.Event()

        async def go_on(one):
            while not is_over.is_set():
                await one.count()
                # Who only ever counts keeps all others from the one lock that SQLite has.
                await asyncio.sleep(0.05)

        counters = [counter, *(world.counter_of(each, settings) for each in others)]
        counting = [asyncio.create_task(go_on(each)) for each in counters]
        await shop.walk(60)
        is_over.set()
        await asyncio.gather(*counting)
        while await counter.count():
            pass
        await compare(database)
        for each in others:
            await each.close()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
async def test_what_a_failed_round_had_taken_is_taken_again(settings, part):
    async def fail(scope):
        await part.count(scope)
        raise RuntimeError("the power went out")

    async with world.opened(settings) as (database, counter):
        await Shop(database, 5).walk(60)
        with pytest.raises(RuntimeError):
            await counter.count([replace(part, count=fail)])
        while await counter.count():
            pass
        await compare(database)


async def test_a_killed_command_leaves_nothing_half_done(sqlite_settings):
    env = clean_env(
        {
            "DATABASE_URL": sqlite_settings.database_url,
            "XIAOER_CUSTOMERS_DATA": str(sqlite_settings.customers_data),
            "XIAOER_INSIGHT_DAYS": "3650",
        }
    )
    command = [sys.executable, "-m", "backends", "insights", "count", "--all"]
    async with world.opened(sqlite_settings) as (database, counter):
        await Shop(database, 8).walk(80)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env)
        ended = asyncio.create_task(process.wait())
        while not ended.done() and not await _is_anything_summed(database):
            await asyncio.wait([ended], timeout=0.005)
        if not ended.done():
            process.kill()
        await ended
        while await counter.count():
            pass
        await compare(database)


async def _is_anything_summed(database):
    async with database.read() as session:
        rows = await session.execute(select(func.count()).select_from(DailyConversations))
        return rows.scalar_one() > 0
