"""Background work, in order and tracked."""

import asyncio

import pytest

from xiaoer.channels.tencent.lanes import Lanes


async def test_a_lane_is_in_order_and_lanes_are_not() -> None:
    lanes, done = Lanes(), []

    def job(name: str, seconds: float):
        async def work() -> None:
            await asyncio.sleep(seconds)
            done.append(name)

        return work

    lanes.put("a", job("a1", 0.1))
    lanes.put("a", job("a2", 0.0))
    lanes.put("b", job("b1", 0.02))
    assert await lanes.drain(5) == 0
    assert done == ["b1", "a1", "a2"]
    assert not lanes._last


async def test_a_job_that_fails_is_logged_and_the_next_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lanes, done = Lanes(), []

    async def fail() -> None:
        raise ValueError("broken")

    async def work() -> None:
        done.append(1)

    lanes.put("a", fail)
    lanes.put("a", work)
    await lanes.drain(5)
    assert done == [1]
    assert "broken" in caplog.text


async def test_what_takes_too_long_is_ended_with_all_that_waits() -> None:
    lanes, done = Lanes(), []

    async def long() -> None:
        await asyncio.sleep(60)

    async def work() -> None:
        done.append(1)

    lanes.put("a", long)
    lanes.put("a", work)
    assert await lanes.drain(0.05) == 2
    assert not done
