"""Both stores keep one contract; processes share what they hold."""

import asyncio
import multiprocessing
import os
import stat
import uuid
from pathlib import Path

import pytest

from xiaoer.channels.storage import Store, StoreError, open_store


@pytest.fixture
async def store(store_url):
    opened = open_store(store_url)
    yield opened
    await opened.close()


@pytest.fixture
def name() -> str:
    """A prefix that no other test uses."""
    return f"test:{uuid.uuid4().hex}:"


async def test_an_entry_is_added_once(store: Store, name: str) -> None:
    assert await store.add(name, "first", 60)
    assert not await store.add(name, "second", 60)
    assert await store.get(name) == "first"
    await store.set(name, "第三", 60)
    assert await store.get(name) == "第三"
    await store.delete(name)
    assert await store.get(name) is None
    assert await store.add(name, "again", 60)


async def test_an_entry_ends_with_its_life(store: Store, name: str) -> None:
    await store.set(name + "entry", "x", 0.2)
    await store.append(name + "list", "x", 0.2)
    await store.increment(name + "count", 0.2)
    await asyncio.sleep(0.3)
    assert await store.get(name + "entry") is None
    assert await store.take(name + "list") == []
    assert await store.keys(name) == []
    assert await store.add(name + "entry", "y", 60)
    assert await store.increment(name + "count", 60) == 1


async def test_a_counter_keeps_the_life_of_its_first(store: Store, name: str) -> None:
    assert await store.increment(name, 0.4) == 1
    await asyncio.sleep(0.25)
    assert await store.increment(name, 60) == 2
    await asyncio.sleep(0.25)
    assert await store.increment(name, 60) == 1


async def test_a_list_is_taken_whole_and_in_order(store: Store, name: str) -> None:
    for number in range(20):
        await store.append(name, str(number), 60)
    assert await store.take(name) == [str(number) for number in range(20)]
    assert await store.take(name) == []


async def test_the_last_append_gives_the_list_its_life(store: Store, name: str) -> None:
    await store.append(name, "a", 0.2)
    await store.append(name, "b", 60)
    await asyncio.sleep(0.3)
    assert await store.take(name) == ["a", "b"]


async def test_keys_are_those_with_the_prefix_and_no_pattern(store: Store, name: str) -> None:
    await store.set(name + "a*", "", 60)
    await store.set(name + "ab", "", 60)
    await store.append(name + "a[b]", "", 60)
    await store.set(name + "b", "", 60)
    assert await store.keys(name + "a") == [name + "a*", name + "a[b]", name + "ab"]
    assert await store.keys(name + "a*") == [name + "a*"]


def _add_many(url: str, key: str, results: multiprocessing.Queue) -> None:
    async def work() -> None:
        store = open_store(url)
        won = [number for number in range(100) if await store.add(f"{key}{number}", "", 60)]
        taken = []
        for _ in range(50):
            await store.append(key + "list", "x", 60)
            taken += await store.take(key + "list")
            await store.increment(key + "count", 60)
        results.put((won, len(taken)))
        await store.close()

    asyncio.run(work())


def test_processes_share_it_without_a_race(store_url: str, name: str) -> None:
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    workers = [context.Process(target=_add_many, args=(store_url, name, results)) for _ in range(4)]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert sorted(number for won, _ in found for number in won) == list(range(100))

    async def rest() -> tuple[int, int]:
        store = open_store(store_url)
        left, count = len(await store.take(name + "list")), await store.increment(name + "count", 1)
        await store.close()
        return left, count

    left, count = asyncio.run(rest())
    assert left + sum(taken for _, taken in found) == 200
    assert count == 201


async def test_the_file_is_for_its_owner_alone_and_survives(tmp_path: Path) -> None:
    path = tmp_path / "new" / "channels.db"
    first = open_store(str(path))
    await first.set("key", "value", 60)
    await first.close()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    second = open_store(str(path))
    assert await second.get("key") == "value"
    await second.close()


@pytest.mark.parametrize("url", ["postgresql://x/y", "http://redis", "redis://host:port/0"])
def test_a_url_that_cannot_be_used_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(StoreError, match="setting 'store' should"):
        open_store(url)


async def test_a_store_that_fails_says_so_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "channels.db").write_bytes(b"no database, but more than a hundred bytes " * 9)
    broken = [
        open_store(str(tmp_path / "channels.db")),
        open_store("redis://user:hush-hush@127.0.0.1:1/0"),
    ]
    for store in broken:
        with pytest.raises(StoreError) as caught:
            await store.add("key", "value", 60)
        assert "hush-hush" not in str(caught.value)
        await store.close()
