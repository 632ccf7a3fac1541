"""A real `rasa run` in two processes, driven over HTTP by a Slack that behaves as documented."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.channels.rasa_project import Server, action_server, calls, rasa_server, running
from tests.channels.slack.platform import SIGNING_SECRET, TOKEN, SlackPlatform
from tests.waiting import eventually

pytestmark = pytest.mark.slow


@dataclass
class Shop:
    """Two workers of one assistant."""

    slack: SlackPlatform
    servers: list[Server]
    actions: Server

    def url(self, worker: int = 0) -> str:
        return f"{self.servers[worker].url}/webhooks/slack/webhook"

    def say(self, text: str, user: str, worker: int = 0) -> list[dict[str, Any]]:
        """Send a direct message and return the first answer to it, with what is there by then."""
        channel = f"D{user[1:]}"
        before = len(self.slack.posted(channel))
        event = self.slack.message(text, user=user, channel=channel)
        assert self.slack.send_event(self.url(worker), event).status_code == 200
        eventually(lambda: len(self.slack.posted(channel)) > before)
        return self.slack.posted(channel)[before:]


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int], channel_project: Path
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("slack")
    slack = SlackPlatform()
    slack.start()
    actions = action_server(free_port(), folder)
    credentials = {
        "xiaoer.channels.SlackInput": {
            "slack_token": "${SLACK_TOKEN}",
            "slack_signing_secret": "${SLACK_SIGNING_SECRET}",
            "api_url": slack.api_url,
            "lease_seconds": 3.0,
        }
    }
    variables = {"SLACK_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET}
    servers = [
        rasa_server(credentials, free_port(), folder, actions.url, variables=variables)
        for _ in range(2)
    ]
    with running(actions, *servers):
        yield Shop(slack, servers, actions)
    slack.stop()
    logs = [server.log.read_text() for server in servers]
    assert not [log for log in logs if TOKEN in log or SIGNING_SECRET in log]
    assert not [log for log in logs if "Traceback" in log]


def test_questions_are_answered(shop: Shop) -> None:
    assert shop.say("hello", "U1") == [{"channel": "D1", "text": "你好,我是店小二。Hello!"}]
    [answer] = shop.say("a &lt; b &amp; <https://shop.example|shop.example>", "U1", worker=1)
    assert answer["text"] == "echo: a &lt; b &amp; shop.example"


def test_cards_and_buttons_are_pressed(shop: Shop) -> None:
    shop.say("cards", "U2")
    eventually(lambda: len(shop.slack.posted("D2")) == 2)
    (channel, ts), message = [item for item in shop.slack.messages.items() if item[0][0] == "D2"][1]
    assert "<https://shop.example/a1|" in message["blocks"][0]["text"]["text"]
    assert message["blocks"][0]["accessory"]["image_url"] == "https://shop.example/a1.png"
    assert shop.slack.send_payload(shop.url(), shop.slack.press(channel, ts)).status_code == 200
    eventually(lambda: len(shop.slack.posted("D2")) == 3)
    assert shop.slack.posted("D2")[2]["text"] == 'intent: order_status {"reference": "a1"}'
    eventually(lambda: "✓ 看详情" in json.dumps(message, ensure_ascii=False))


def test_commands_mentions_files_and_the_home_tab(shop: Shop) -> None:
    slack = shop.slack
    slack.locales["U3"] = "zh-CN"
    started = time.monotonic()
    assert slack.send_form(shop.url(), slack.command("find shoes", user="U3")).status_code == 200
    assert time.monotonic() - started < 3
    eventually(
        lambda: [c for c in slack.of("respond") if c.arguments["text"] == "echo: find shoes"]
    )
    slack.send_form(shop.url(), slack.command("", user="U3"))
    mention = slack.message("<@UBOT>", user="U3", channel="C3")
    mention["event"]["type"] = "app_mention"
    slack.send_event(shop.url(), mention)
    file = {"id": "F1", "name": "鞋.png", "mimetype": "image/png"}
    picture = slack.message("", user="U3", channel="D3", subtype="file_share", files=[file])
    slack.send_event(shop.url(), picture)
    intents = {"slack_command", "slack_mention", "slack_file"}
    eventually(lambda: intents <= {c["intent"] for c in calls(shop.actions.url)})
    [call] = [c for c in calls(shop.actions.url) if c["intent"] == "slack_file"]
    assert call["entities"] == {"file_name": "鞋.png"}
    assert call["metadata"]["files"] == [{"id": "F1", "name": "鞋.png", "type": "image/png"}]
    opened = {"type": "app_home_opened", "user": "U3", "channel": "D3", "tab": "home"}
    slack.send_event(shop.url(), slack.event(opened))
    eventually(lambda: slack.of("views.publish"))


def test_a_rate_limit_keeps_the_order(shop: Shop) -> None:
    shop.slack.limit("chat.postMessage", times=1, retry_after=1)
    shop.say("bubbles 3", "U4")
    eventually(lambda: len(shop.slack.posted("D4")) == 3)
    assert [m["text"] for m in shop.slack.posted("D4")] == ["bubble 1", "bubble 2", "bubble 3"]


def test_deliveries_to_both_workers_are_one_message(shop: Shop) -> None:
    event = shop.slack.message("slow 1 once", user="U5", channel="D5")
    for worker in (0, 1, 0):
        shop.slack.send_event(shop.url(worker), event)
    eventually(lambda: shop.slack.posted("D5"))
    time.sleep(1)
    assert len(shop.slack.posted("D5")) == 1
    assert len([c for c in calls(shop.actions.url) if c["text"] == "slow 1 once"]) == 1


def test_a_killed_worker_loses_nothing(shop: Shop) -> None:
    event = shop.slack.message("slow 2 survivor", user="U6", channel="D6")
    [answer] = shop.slack.deliver(shop.url(1), event)
    assert answer is not None
    assert answer.status_code == 200
    eventually(lambda: [c for c in calls(shop.actions.url) if c["text"] == "slow 2 survivor"])
    shop.servers[1].kill()
    # The other one takes it up; meanwhile Slack finds nobody, and tries later.
    refused = shop.slack.message("later", user="U7", channel="D7")
    assert shop.slack.deliver(shop.url(1), refused) == [None] * 4
    eventually(lambda: shop.slack.posted("D6"))
    shop.slack.deliver(shop.url(0), event)
    time.sleep(1)
    assert [m["text"] for m in shop.slack.posted("D6")] == ["echo: slow 2 survivor"]
