"""Old timestamps and used nonces are refused; a platform's repeat of one message passes."""

import time

import pytest

from xiaoer.channels.storage import open_store
from xiaoer.channels.tencent import RefusedRequest, ReplayGuard


@pytest.fixture
async def guard(tmp_path):
    store = open_store(str(tmp_path / "channels.db"))
    yield ReplayGuard(store, "test")
    await store.close()


def now(offset: int = 0) -> str:
    return str(int(time.time()) + offset)


async def test_a_nonce_is_good_for_one_message(guard: ReplayGuard) -> None:
    stamp = now()
    await guard.check(stamp, "n", "m1")
    await guard.check(stamp, "n", "m1")
    with pytest.raises(RefusedRequest, match="nonce"):
        await guard.check(stamp, "n", "m2")
    with pytest.raises(RefusedRequest, match="nonce"):
        await guard.check(stamp, "n")
    await guard.check(stamp, "n2", "m1")


async def test_without_a_message_a_nonce_is_good_once(guard: ReplayGuard) -> None:
    stamp = now()
    await guard.check(stamp, "n")
    with pytest.raises(RefusedRequest):
        await guard.check(stamp, "n")


@pytest.mark.parametrize("stamp", ["", "abc", "-5", "1e9", "٣", "9" * 400, -301, 302])
async def test_a_bad_or_old_timestamp_is_refused(guard: ReplayGuard, stamp: str | int) -> None:
    stamp = now(stamp) if isinstance(stamp, int) else stamp
    with pytest.raises(RefusedRequest, match="timestamp"):
        await guard.check(stamp, "n", "m")


async def test_a_timestamp_within_five_minutes_passes(guard: ReplayGuard) -> None:
    await guard.check(now(-290), "a", "m")
    await guard.check(now(290), "b", "m")


async def test_a_missing_nonce_is_refused(guard: ReplayGuard) -> None:
    with pytest.raises(RefusedRequest, match="nonce"):
        await guard.check(now(), "", "m")
