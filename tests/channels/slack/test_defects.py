"""Each defect found in Rasa's own connector: there it is, here it is not."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import rasa.core.channels.slack
from rasa.core.channels.channel import UserMessage
from slack_sdk.web.async_client import AsyncWebClient

from tests.channels.slack.hosting import Host
from tests.channels.slack.platform import SIGNING_SECRET, TOKEN, SlackPlatform
from xiaoer.channels import SlackInput

RASA = rasa.core.channels.slack.SlackInput
both = pytest.mark.parametrize("connector", [RASA, SlackInput], ids=["rasa", "xiaoer"])
# Strictly: the day Rasa mends one, we hear of it.
mended = pytest.mark.parametrize(
    "connector",
    [
        pytest.param(RASA, marks=pytest.mark.xfail(strict=True, raises=AssertionError)),
        SlackInput,
    ],
    ids=["rasa", "xiaoer"],
)
Serve = Callable[..., Host]


@pytest.fixture
def serve(
    slack: SlackPlatform,
    tmp_path: Path,
    free_port: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Serve]:
    """A function that serves a connector of either class."""
    # Rasa's has no setting for the address of the Web API.
    monkeypatch.setattr(
        rasa.core.channels.slack,
        "AsyncWebClient",
        functools.partial(AsyncWebClient, base_url=slack.api_url),
    )
    with ExitStack() as running:

        def start(connector: Any, answer: Any = None, direct: bool = False, **more: Any) -> Host:
            given = {"slack_token": TOKEN, "slack_signing_secret": SIGNING_SECRET, **more}
            if connector is SlackInput:
                given |= {"api_url": slack.api_url, "store": str(tmp_path / "channels.db")}
            made = connector(**given) if direct else connector.from_credentials(given)
            return running.enter_context(Host(made, free_port(), answer))

        yield start


async def _buttons(message: UserMessage, count: int) -> None:
    buttons = [{"title": f"No. {n}", "payload": f"/choose{n}"} for n in range(count)]
    await message.output_channel.send_text_with_buttons(message.sender_id, "Which?", buttons)


@both
def test_the_harness_serves_both(connector: Any, serve: Serve, slack: SlackPlatform) -> None:
    async def answer(message: UserMessage) -> None:
        await message.output_channel.send_text_message(message.sender_id, "hello")

    host = serve(connector, answer)
    assert slack.send_event(host.url, slack.message("hi")).status_code == 200
    assert host.wait_heard()[0].text == "hi"
    assert [each["text"] for each in slack.wait_posted()] == ["hello"]


@mended
def test_an_event_that_comes_twice_is_handled_once(
    connector: Any, serve: Serve, slack: SlackPlatform
) -> None:
    host = serve(connector)
    event = slack.message("hi")
    for _ in range(2):
        assert slack.send_event(host.url, event).status_code == 200
    host.wait_heard()
    assert len(host.settle()) == 1


@mended
@pytest.mark.parametrize("reason", ["http_error", "connection_failed", "unknown_error"])
def test_a_retry_is_handled_once_whatever_its_reason(
    connector: Any, serve: Serve, slack: SlackPlatform, reason: str
) -> None:
    host = serve(connector)
    event = slack.message("hi")
    slack.send_event(host.url, event)
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": reason}
    assert slack.send_event(host.url, event, headers=retry).status_code < 300
    host.wait_heard()
    assert len(host.settle()) == 1


@mended
def test_a_timed_out_delivery_that_never_came_is_handled(
    connector: Any, serve: Serve, slack: SlackPlatform
) -> None:
    host = serve(connector)
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    slack.send_event(host.url, slack.message("hi"), headers=retry)
    assert host.wait_heard(seconds=1)[0].text == "hi"


@mended
def test_json_with_a_charset_is_read(connector: Any, serve: Serve, slack: SlackPlatform) -> None:
    host = serve(connector)
    slack.send_event(host.url, slack.message("你好"), "application/json; charset=utf-8")
    assert host.wait_heard(seconds=1)[0].text == "你好"


@mended
def test_a_dialogue_that_is_sent_off_is_acknowledged(
    connector: Any, serve: Serve, slack: SlackPlatform
) -> None:
    view = {"callback_id": "size", "state": {"values": {}}}
    payload = {"type": "view_submission", "user": {"id": "U1"}, "view": view, "trigger_id": "1"}
    answer = slack.send_payload(serve(connector).url, payload)
    assert (answer.status_code, answer.text) == (200, "")


@mended
def test_a_menu_for_several_choices_is_understood(
    connector: Any, serve: Serve, slack: SlackPlatform
) -> None:
    options = [{"text": {"type": "plain_text", "text": x}, "value": x} for x in ("red", "blue")]
    payload = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "channel": {"id": "D1"},
        "message": {"ts": "1.1"},
        "trigger_id": "2",
        "actions": [{"type": "multi_static_select", "selected_options": options}],
    }
    host = serve(connector)
    assert slack.send_payload(host.url, payload).status_code == 200
    assert host.wait_heard(seconds=1)[0].text == "red, blue"


@mended
def test_a_slash_command_is_understood(connector: Any, serve: Serve, slack: SlackPlatform) -> None:
    host = serve(connector)
    assert slack.send_form(host.url, slack.command("find shoes")).status_code == 200
    assert host.wait_heard(seconds=1)[0].text == "find shoes"


@mended
def test_a_connector_made_directly_takes_retries(
    connector: Any, serve: Serve, slack: SlackPlatform
) -> None:
    host = serve(connector, direct=True)
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_error"}
    answer = slack.send_event(host.url, slack.message("hi"), headers=retry)
    assert answer.status_code == 200
    host.wait_heard(seconds=1)


@mended
@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed", "hidden": True},
        {"subtype": "bot_message", "username": "another bot"},
        {"subtype": "channel_join"},
    ],
    ids=lambda more: more["subtype"],
)
def test_what_is_no_question_is_not_answered(
    connector: Any, serve: Serve, slack: SlackPlatform, more: dict[str, Any]
) -> None:
    host = serve(connector, slack_channel="C1")
    answer = slack.send_event(host.url, slack.message("what?", channel="C1", **more))
    assert answer.status_code == 200
    assert host.settle() == []


@mended
def test_a_file_without_words_is_heard(connector: Any, serve: Serve, slack: SlackPlatform) -> None:
    host = serve(connector)
    file = {"id": "F1", "name": "shoe.png", "mimetype": "image/png"}
    slack.send_event(host.url, slack.message("", subtype="file_share", files=[file]))
    heard = host.wait_heard(seconds=1)[0]
    assert heard.text == '/slack_file{"file_name": "shoe.png", "file_type": "image/png"}'


@mended
def test_more_than_five_buttons_can_be_chosen_from(
    connector: Any, serve: Serve, slack: SlackPlatform
) -> None:
    host = serve(connector, lambda message: _buttons(message, 6))
    slack.send_event(host.url, slack.message("hi"))
    [sent] = slack.wait_posted()
    menus = [each for each in sent.get("blocks", []) if each["type"] == "actions"]
    assert menus, "there is nothing to choose from"
    assert [each["value"] for each in menus[0]["elements"][0]["options"]] == [
        f"/choose{n}" for n in range(6)
    ]


@mended
def test_a_rate_limit_is_waited_for(connector: Any, serve: Serve, slack: SlackPlatform) -> None:
    async def answer(message: UserMessage) -> None:
        await message.output_channel.send_text_message(message.sender_id, "hello")

    slack.limit("chat.postMessage", retry_after=1)
    host = serve(connector, answer)
    slack.send_event(host.url, slack.message("hi"))
    assert [each["text"] for each in slack.wait_posted()] == ["hello"]
    first, second = slack.of("chat.postMessage")
    assert 1.0 <= second.at - first.at < 2.0


@mended
def test_a_pressed_button_is_shown_as_pressed(
    connector: Any, serve: Serve, slack: SlackPlatform
) -> None:
    async def answer(message: UserMessage) -> None:
        if message.text == "hi":
            await _buttons(message, 3)

    host = serve(connector, answer)
    slack.send_event(host.url, slack.message("hi"))
    slack.wait_posted()
    [(channel, ts)] = slack.messages
    slack.send_payload(host.url, slack.press(channel, ts, index=1))
    assert host.wait_heard(2)[1].text == "/choose1"
    host.settle()
    shown = slack.messages[channel, ts]["blocks"]
    assert "Which?" in str(shown)
    assert "✓ No. 1" in str(shown)
    assert not [each for each in shown if each["type"] == "actions"]


@mended
def test_a_failed_turn_is_noticed(
    connector: Any, serve: Serve, slack: SlackPlatform, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(message: UserMessage) -> None:
        raise RuntimeError("the store room is on fire")

    host = serve(connector, answer)
    slack.send_event(host.url, slack.message("hi"))
    [told] = slack.wait_posted()
    assert told["channel"] == "D1"
    assert "once more" in told["text"]
    assert "fire" not in told["text"]
    assert "was not handled" in caplog.text
