"""Nothing is handled twice or lost: over workers, restarts and crashes, with stores of each kind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import httpx
from rasa.core.channels.channel import UserMessage

from tests.channels.slack.hosting import Host
from tests.channels.slack.platform import SlackPlatform

Serve = Callable[..., Host]


def test_workers_share_what_they_have_seen(
    slack: SlackPlatform, host: Serve, store_url: str
) -> None:
    workers = [host(store=store_url) for _ in range(2)]
    events = [slack.event(slack.message(f"m{n}")["event"], f"Ev{slack.ts()}") for n in range(20)]

    def send(worker: Host) -> None:
        with httpx.Client(trust_env=False):
            for event in events:
                assert slack.send_event(worker.url, event).status_code == 200

    threads = [threading.Thread(target=send, args=[worker]) for worker in workers * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    workers[0].settle()
    heard = [message.text for worker in workers for message in worker.heard]
    assert sorted(heard) == sorted(f"m{n}" for n in range(20))


def test_what_a_dead_worker_left_is_taken_up(
    slack: SlackPlatform, host: Serve, store_url: str
) -> None:
    async def never(message: UserMessage) -> None:
        await asyncio.sleep(600)

    async def answer(message: UserMessage) -> None:
        await message.output_channel.send_text_message(message.sender_id, "at last")

    dead = host(never, store=store_url, lease_seconds=1.0)
    event = slack.event(slack.message("hi", user="U5", channel="D5")["event"], f"Ev{slack.ts()}")
    slack.send_event(dead.url, event)
    dead.wait_heard()
    dead.freeze()
    alive = host(answer, store=store_url, lease_seconds=1.0)
    [heard] = alive.wait_heard(seconds=6)
    assert (heard.text, heard.sender_id) == ("hi", "U5")
    assert heard.metadata["out_channel"] == "D5"
    assert slack.wait_posted() == [{"channel": "D5", "text": "at last"}]
    # It is known as handled: Slack's further attempts do nothing.
    slack.send_event(alive.url, event)
    assert len(alive.settle()) == 1


def test_a_restart_forgets_nothing(slack: SlackPlatform, host: Serve) -> None:
    event = slack.message("hi")
    first = host()
    slack.send_event(first.url, event)
    first.wait_heard()
    first.settle()
    first.close()
    second = host()
    answer = slack.send_event(second.url, event)
    assert (answer.status_code, answer.headers["X-Slack-No-Retry"]) == (200, "1")
    assert second.settle() == []


def test_a_store_that_is_away_makes_slack_try_again(slack: SlackPlatform, host: Serve) -> None:
    served = host(store="redis://127.0.0.1:9/0")
    answer = slack.send_event(served.url, slack.message("hi"))
    assert answer.status_code == 503
    assert served.settle() == []
