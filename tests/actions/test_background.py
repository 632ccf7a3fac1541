"""Work beside the conversation."""

import asyncio
import logging

from actions.background import beside
from actions.clients.errors import BackendUnavailable


def test_it_is_not_waited_for_and_its_failure_is_only_logged(caplog):
    done = []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(True)
        raise BackendUnavailable("recommendations", "down")

    async def turn() -> None:
        beside("telling of a view", work)
        assert not done
        await asyncio.sleep(0.05)

    with caplog.at_level(logging.WARNING):
        asyncio.run(turn())
    assert done
    assert "telling of a view" in caplog.text


def test_too_much_of_it_is_left_out(caplog):
    begun = []

    async def turn() -> None:
        end = asyncio.Event()

        async def work() -> None:
            begun.append(True)
            await end.wait()

        for _ in range(150):
            beside("telling of a view", work)
        await asyncio.sleep(0.05)
        end.set()
        await asyncio.sleep(0.05)
        beside("telling of a view", work)
        await asyncio.sleep(0.05)

    with caplog.at_level(logging.WARNING):
        asyncio.run(turn())
    assert len(begun) == 101
    assert "left out" in caplog.text
