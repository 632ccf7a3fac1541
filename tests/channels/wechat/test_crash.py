"""Killed in the middle, restarted, or one of two: every message is answered once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.channels.rasa_project import Server, action_server, calls, rasa_server, running
from tests.channels.wechat.platform import FakePlatform, PlatformThread, credentials, platform_at
from tests.waiting import eventually

pytestmark = pytest.mark.slow


def talk(many: int, run: str = "0") -> list[tuple[str, str]]:
    """Return (customer, words): a third of the answers are slow.

    `run` tells them from what an earlier run left in a Redis.
    """
    return [
        (f"c-{run}-{number}", f"slow {3 if number % 3 == 0 else 0.05} 第{number}条{run}")
        for number in range(many)
    ]


async def say_all(platform: FakePlatform, words: list[tuple[str, str]], every: float) -> None:
    """Let customers write one after the other, without waiting for answers."""
    pending = []
    for sender, text in words:
        pending.append(asyncio.ensure_future(platform.say(sender, text)))
        await asyncio.sleep(every)
    await asyncio.gather(*pending)


def answers(thread: PlatformThread, words: list[tuple[str, str]]) -> Counter[str]:
    """Return how often each answer was shown."""
    return Counter(text for sender, _ in words for text in thread.texts(sender))


def all_answered(thread: PlatformThread, words: list[tuple[str, str]]) -> bool:
    return set(answers(thread, words)) >= {f"echo: {text}" for _, text in words}


@pytest.fixture
def servers(tmp_path: Path, free_port: Callable[[], int]) -> Callable[..., Any]:
    """A function that makes an action server and Rasa servers before one store."""
    actions = action_server(free_port(), tmp_path)
    api = free_port()

    def make(many: int, store: str, **more: Any) -> tuple[Server, list[Server], int]:
        options = {"store": store, "lease_seconds": 3, **more}
        rasas = [
            rasa_server(credentials(api, **options), free_port(), tmp_path, actions.url)
            for _ in range(many)
        ]
        return actions, rasas, api

    return make


def urls(rasas: list[Server]) -> list[str]:
    return [f"{rasa.url}/webhooks/wechat/webhook" for rasa in rasas]


def test_killed_and_restarted_nothing_is_lost_or_said_twice(
    servers: Callable[..., Any], tmp_path: Path
) -> None:
    actions, (rasa,), api = servers(1, str(tmp_path / "channels.db"))
    words = talk(30)
    with platform_at(api, urls([rasa])) as wechat, running(actions, rasa):
        pending = wechat.start(say_all(wechat.platform, words, 0.06))
        eventually(lambda: len(calls(actions.url)) >= 18)
        rasa.kill()
        rasa.start()
        pending.result(60)
        # Messages whose three tries fell into the restart never reached us.
        reached = {one["sender"] for one in calls(actions.url)}
        kept = [(sender, text) for sender, text in words if sender in reached]
        assert len(kept) >= 18
        eventually(lambda: all_answered(wechat, kept))
        time.sleep(1)
        heard = {one["text"] for one in calls(actions.url)}
        said = answers(wechat, words)
        assert set(said) == {f"echo: {text}" for text in heard}
        assert set(said.values()) == {1}
        assert wechat.platform.shown["c-0-0"][0].by in ("service", "passive")


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("compatible", "sqlite"), pytest.param("safe", "redis", marks=pytest.mark.service)],
)
def test_two_servers_are_one_channel_and_one_may_die(
    servers: Callable[..., Any],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    mode: str,
    kind: str,
) -> None:
    store = str(tmp_path / "channels.db")
    if kind == "redis":
        store = request.getfixturevalue("redis_url")
    actions, rasas, api = servers(2, store, mode=mode)
    with platform_at(api, urls(rasas), mode=mode, seed=time.time_ns()) as wechat:
        wechat.platform.patience = 1.5
        with running(actions, *rasas):
            words = talk(24, f"{time.time_ns():x}")
            # Slow answers are repeated by the platform, now here, now there.
            wechat.run(say_all(wechat.platform, words[:12], 0.05))
            eventually(lambda: all_answered(wechat, words[:12]))
            pending = wechat.start(say_all(wechat.platform, words[12:], 0.05))
            eventually(lambda: len(calls(actions.url)) >= 18)
            rasas[0].kill()
            pending.result(60)
            eventually(lambda: all_answered(wechat, words))
            time.sleep(1)
            assert set(answers(wechat, words).values()) == {1}
            ours = {text for _, text in words}
            heard = Counter(one["text"] for one in calls(actions.url) if one["text"] in ours)
            # Only what the dead server was at is heard a second time.
            assert all(heard[text] == 1 for _, text in words[:12])
            assert max(heard.values()) <= 2


def test_an_orderly_stop_hands_over_what_is_unfinished(
    servers: Callable[..., Any], tmp_path: Path
) -> None:
    store = str(tmp_path / "channels.db")
    actions, (rasa,), api = servers(1, store, shutdown_grace=0.5, lease_seconds=60)
    with platform_at(api, urls([rasa])) as wechat, running(actions, rasa):
        pending = wechat.start(wechat.platform.say("c-stop", "slow 4 停一下"))
        eventually(lambda: calls(actions.url))
        rasa.stop()
        rasa.start()
        eventually(lambda: wechat.texts("c-stop"))
        pending.result(30)
        assert wechat.texts("c-stop") == ["echo: slow 4 停一下"]
