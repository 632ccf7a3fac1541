"""Sums of days whose conversations are forgotten stay as they are."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sqlalchemy import delete

from backends.insights.events.models import Conversation
from backends.insights.measures import query
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.counting.parts import Keeping
from backends.insights.measures.filters import Filters
from tests.backends.insights.measures import world


async def test_what_is_forgotten_is_not_counted_away(settings):
    old, new = world.at(0), world.at(55)
    short = settings.copy(update={"insight_days": 20})
    async with world.opened(settings) as (database, counter):
        talks = [world.conversation("web", "eve", moment) for moment in (old, new, new)]
        await world.add(database, *talks)
        await counter.count()
        async with database.write() as session:
            await session.execute(delete(Conversation).where(Conversation.started_at < world.at(1)))
            await session.execute(delete(Conversation).where(Conversation.id == talks[2].id))
        later = world.counter_of(database, short)
        for _ in range(2):
            while await later.count():
                pass
            async with database.read() as session:
                days = dict(await query.by_day(session, Filters(day_of(old), day_of(new))))
            assert days[day_of(old)]["conversations"].of == 1
            assert days[day_of(new)]["conversations"].of == 1
            await later.mark_all()


async def test_a_conversation_that_came_too_late_does_not_wait_for_ever(settings):
    short = settings.copy(update={"insight_days": 20})
    async with world.opened(settings) as (database, _):
        await world.add(database, world.conversation("web", "eve", world.at(0)))
        later = world.counter_of(database, short)
        while await later.count():
            pass
        async with database.read() as session:
            found = await session.get(Conversation, 1) or (
                (await session.execute(Conversation.__table__.select())).one()
            )
            assert found.counted


def test_the_first_day_is_one_of_which_nothing_is_forgotten_yet():
    moment = datetime(2026, 11, 26, 20, tzinfo=timezone.utc)
    keeping = Keeping(conversations=10, tickets=1)
    first = keeping.first_day("conversations", moment)
    # In the shop it is the 27th, four o'clock.
    assert first == day_of(moment - timedelta(days=9))
    assert keeping.first_day("tickets", moment) == day_of(moment)
    assert keeping.first_day("people", moment) == day_of(moment)
