"""Nothing accepted is lost, nothing is handled twice: over repeats, workers and crashes."""

import asyncio
import uuid

import pytest

from xiaoer.channels.storage import Inbox, Store, open_store


@pytest.fixture
async def store(store_url):
    opened = open_store(store_url)
    yield opened
    await opened.close()


@pytest.fixture
def channel() -> str:
    return f"test-{uuid.uuid4().hex}"


async def test_a_repeat_is_seen_and_gets_the_outcome(store: Store, channel: str) -> None:
    inbox, other = Inbox(store, channel), Inbox(store, channel)
    assert await inbox.accept("m1", "payload")
    assert not await inbox.accept("m1", "payload")
    assert not await other.accept("m1", "payload")
    assert await other.outcome("m1") is None
    await inbox.finish("m1", "好的")
    assert await other.outcome("m1") == "好的"
    assert not await other.accept("m1", "payload")
    assert await other.abandoned() == []
    assert await other.outcome("m2") is None


async def test_an_empty_outcome_is_an_outcome(store: Store, channel: str) -> None:
    inbox = Inbox(store, channel)
    await inbox.accept("m1", "payload")
    await inbox.finish("m1")
    assert await inbox.outcome("m1") == ""


async def test_many_at_once_accept_it_once(store: Store, channel: str) -> None:
    inboxes = [Inbox(store, channel) for _ in range(5)]
    for key in "abcdefgh":
        accepted = await asyncio.gather(*(inbox.accept(key, "") for inbox in inboxes * 3))
        assert sum(accepted) == 1
    open_now = await store.keys(f"inbox:{channel}:open:")
    assert len(open_now) == 8


async def test_what_a_crash_left_is_taken_up_once(store: Store, channel: str) -> None:
    crashed = Inbox(store, channel, lease_seconds=0.3)
    await crashed.accept("m2", "second")
    await crashed.accept("m1", "first")
    await crashed.accept("m3", "third")
    await crashed.finish("m3")
    after = [Inbox(store, channel, lease_seconds=0.3) for _ in range(3)]
    assert [await inbox.abandoned() for inbox in after] == [[], [], []]
    await asyncio.sleep(0.4)
    found = await asyncio.gather(*(inbox.abandoned() for inbox in after))
    assert sorted(one for taken in found for one in taken) == [("m1", "first"), ("m2", "second")]
    holder = next(inbox for inbox, taken in zip(after, found, strict=True) if taken)
    if len([taken for taken in found if taken]) == 1:
        assert max(found, key=len) == [("m2", "second"), ("m1", "first")]
    assert not await holder.accept("m1", "first")


async def test_who_shows_life_keeps_what_is_its(store: Store, channel: str) -> None:
    busy, other = Inbox(store, channel, lease_seconds=0.3), Inbox(store, channel, lease_seconds=0.3)
    await busy.accept("slow", "x")
    for _ in range(6):
        await asyncio.sleep(0.1)
        assert await busy.abandoned() == []
        assert await other.abandoned() == []


async def test_who_closes_gives_up_at_once(store: Store, channel: str) -> None:
    leaving = Inbox(store, channel, lease_seconds=60)
    await leaving.accept("m1", "x")
    await leaving.close()
    assert await Inbox(store, channel).abandoned() == [("m1", "x")]


async def test_a_crash_between_accepting_and_noting_loses_nothing(
    store: Store, channel: str
) -> None:
    crashed = Inbox(store, channel, lease_seconds=0.2)
    await crashed.accept("m1", "x")
    await store.delete(f"inbox:{channel}:seen:m1")
    after = Inbox(store, channel, lease_seconds=0.2)
    assert not await after.accept("m1", "x")
    await asyncio.sleep(0.3)
    assert await after.abandoned() == [("m1", "x")]
    await after.finish("m1", "done")
    assert await after.outcome("m1") == "done"
    assert not await after.accept("m1", "x")


async def test_a_crash_between_noting_the_outcome_and_closing_repeats_nothing(
    store: Store, channel: str
) -> None:
    crashed = Inbox(store, channel, lease_seconds=0.2)
    await crashed.accept("m1", "x")
    await store.set(f"inbox:{channel}:seen:m1", "=done", 60)
    await asyncio.sleep(0.3)
    assert await Inbox(store, channel).abandoned() == []
