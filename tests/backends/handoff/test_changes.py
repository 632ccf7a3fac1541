"""Waiting for changes: at once in the same process, within a second from another."""

import asyncio
import time

import pytest

from backends.db import Database
from backends.handoff import desk
from backends.handoff.changes import Changes


@pytest.fixture
async def two(database_url):
    """Two processes' worth of `Changes`."""
    made = []
    for _ in range(2):
        database = Database(database_url, 5000)
        changes = Changes(database)
        changes.start()
        made.append((database, changes))
    yield [changes for _, changes in made]
    for database, changes in made:
        await changes.stop()
        await database.close()


@pytest.fixture
async def reference(office):
    return await asyncio.to_thread(office.ask)


async def note(changes, office, reference):
    async with changes.write() as session:
        await desk.note(session, reference, office.ids["ann"], "a note")


async def test_who_waits_is_woken(two, office, reference):
    here, elsewhere = two
    since = await here.current()
    assert await elsewhere.current() == since
    assert await here.wait(since, 0.1) == (since, set())
    tasks = [asyncio.create_task(each.wait(since, 10)) for each in (here, elsewhere)]
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await note(here, office, reference)
    assert await tasks[0] == (since + 1, {reference})
    woken = time.monotonic() - began
    assert await tasks[1] == (since + 1, {reference})
    assert woken < 0.7 < 3 > time.monotonic() - began


async def test_nothing_is_missed_and_nothing_spins(two, office, reference):
    here, elsewhere = two
    seen, rounds = await elsewhere.current(), 0
    last = seen + 20

    async def write():
        for _ in range(20):
            await note(here, office, reference)

    writing = asyncio.create_task(write())
    while seen < last:
        after, changed = await elsewhere.wait(seen, 10)
        assert changed == {reference}
        assert after > seen
        seen, rounds = after, rounds + 1
    await writing
    assert rounds <= 20
    assert await elsewhere.wait(seen, 0.5) == (seen, set())


async def test_a_change_that_is_undone_is_none(two, office, reference):
    here, _ = two
    since = await here.current()
    with pytest.raises(RuntimeError):
        async with here.write() as session:
            await desk.note(session, reference, office.ids["ann"], "a note")
            raise RuntimeError
    assert await here.wait(since, 1.2) == (since, set())


async def test_a_new_ticket_is_a_change(two, office):
    here, _ = two
    since = await here.current()
    asked = await asyncio.to_thread(office.ask)
    assert (await here.wait(since, 5))[1] == {asked}
