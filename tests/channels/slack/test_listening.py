"""What customers say and do in all the places of Slack, and where the answer goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from tests.channels.slack.hosting import Host
from tests.channels.slack.platform import SlackPlatform

Serve = Callable[..., Host]


async def echo(message: UserMessage) -> None:
    await message.output_channel.send_text_message(message.sender_id, f"echo {message.text}")


def _mention(slack: SlackPlatform, text: str, **more: Any) -> dict[str, Any]:
    event = slack.message(text, channel="C1", **more)
    event["event"]["type"] = "app_mention"
    return event


def test_a_direct_message(slack: SlackPlatform, host: Serve) -> None:
    served = host(echo)
    slack.send_event(served.url, slack.message("跑鞋 &lt; 500", channel="D7"))
    assert slack.wait_posted() == [{"channel": "D7", "text": "echo 跑鞋 &lt; 500"}]
    [heard] = served.heard
    assert (heard.sender_id, heard.input_channel) == ("U1", "slack")
    assert heard.metadata["out_channel"] == "D7"
    assert heard.metadata["users"] == ["UBOT"]


def test_a_mention_in_a_channel(slack: SlackPlatform, host: Serve) -> None:
    served = host(echo)
    slack.send_event(served.url, _mention(slack, "<@UBOT> any shoes?"))
    slack.send_event(served.url, _mention(slack, "<@UBOT>"))
    posted = slack.wait_posted(2)
    assert {each["text"] for each in posted} == {"echo any shoes?", "echo /slack_mention"}
    assert {each["channel"] for each in posted} == {"C1"}
    assert not any("thread_ts" in each for each in posted)


def test_a_mention_that_comes_as_a_message_too_is_one(slack: SlackPlatform, host: Serve) -> None:
    served = host(slack_channel="C1")
    mention = _mention(slack, "<@UBOT> hi")
    message = slack.event({**mention["event"], "type": "message"})
    for event in (message, mention):
        slack.send_event(served.url, event)
    served.wait_heard()
    assert len(served.settle()) == 1


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        ({"channel": "C1"}, 0),
        ({"channel": "C9"}, 1),
        ({"channel": "D1", "bot_id": "B7"}, 0),
        ({"channel": "D1", "user": "UBOT"}, 0),
        ({"channel": "D1", "subtype": "message_deleted"}, 0),
        ({"channel": "C9", "subtype": "channel_topic"}, 0),
        ({"channel": "D1", "subtype": "me_message"}, 1),
        ({"channel": "D1", "subtype": "thread_broadcast"}, 1),
        ({"channel": "D1", "text": ""}, 0),
        ({"channel": "D1", "type": "reaction_added"}, 0),
    ],
)
def test_who_is_listened_to(
    slack: SlackPlatform, host: Serve, event: dict[str, Any], heard: int
) -> None:
    served = host(slack_channel="C9")
    given = slack.message("hi", channel=event["channel"])
    given["event"].update(event)
    assert slack.send_event(served.url, given).status_code == 200
    assert len(served.settle()) == heard


def test_older_envelopes_are_read(slack: SlackPlatform, host: Serve) -> None:
    served = host()
    older = {**slack.message("<@UBOT> hi"), "authed_users": ["UBOT"]}
    del older["authorizations"]
    installer = {**slack.message("me too"), "authed_users": ["U1"], "authorizations": []}
    for event in (older, installer):
        slack.send_event(served.url, event)
    served.wait_heard(2)
    assert {each.text for each in served.heard} == {"hi", "me too"}


def test_threads_and_conversations(slack: SlackPlatform, host: Serve) -> None:
    for granularity, expected in (
        ("sender", "U1"),
        ("channel", "U1_C1"),
        ("thread", "U1_C1_11.22"),
    ):
        served = host(echo, use_threads=True, conversation_granularity=granularity)
        slack.send_event(served.url, _mention(slack, "<@UBOT> hi", thread_ts="11.22"))
        [heard] = served.wait_heard()
        assert heard.sender_id == expected
    for posted in slack.wait_posted(3):
        assert posted["thread_ts"] == "11.22"
    served = host(echo, use_threads=True)
    event = _mention(slack, "<@UBOT> first")
    slack.send_event(served.url, event)
    assert slack.wait_posted(4)[3]["thread_ts"] == event["event"]["ts"]


def test_a_customers_slash_is_no_intent(slack: SlackPlatform, host: Serve) -> None:
    served = host()
    slack.send_event(served.url, slack.message("/restart"))
    slack.send_event(served.url, slack.message("&lt;/restart", channel="D2"))
    slack.send_form(served.url, slack.command("/restart now"))
    served.wait_heard(3)
    assert {each.text for each in served.heard} == {"restart", "</restart", "restart now"}


def test_a_slash_command_is_answered_where_only_the_customer_sees_it(
    slack: SlackPlatform, host: Serve
) -> None:
    async def talk(message: UserMessage) -> None:
        for number in range(7):
            await message.output_channel.send_text_message("U1", f"{number}")

    served = host(talk)
    slack.send_form(served.url, slack.command(""))
    # Five answers fit; what is beyond goes to the customer's direct messages.
    assert [each["text"] for each in slack.wait_posted(2)] == ["5", "6"]
    assert {each["channel"] for each in slack.posted()} == {"U1"}
    answers = [call.arguments for call in slack.of("respond")]
    assert [each["text"] for each in answers] == ["0", "1", "2", "3", "4"]
    assert {each["response_type"] for each in answers} == {"ephemeral"}
    assert served.heard[0].text == '/slack_command{"command": "/xiaoer"}'


def test_dialogues_and_shortcuts_are_intents(slack: SlackPlatform, host: Serve) -> None:
    served = host(echo)
    values = {"b": {"size": {"type": "plain_text_input", "value": "42 } {"}}}
    view = {"callback_id": "size", "state": {"values": values}}
    for payload in (
        {"type": "view_submission", "view": view, "trigger_id": "1"},
        {"type": "shortcut", "callback_id": "help", "trigger_id": "2"},
        {"type": "view_closed", "view": view},
    ):
        answer = slack.send_payload(served.url, {**payload, "user": {"id": "U1"}})
        assert (answer.status_code, answer.text) == (200, "")
    served.wait_heard(2)
    texts = sorted(each.text or "" for each in served.settle())
    assert texts[0] == '/slack_shortcut{"callback": "help"}'
    assert texts[1].startswith('/slack_view{"callback": "size", "values": ')
    assert {each["channel"] for each in slack.wait_posted(2)} == {"U1"}
    suggestion = {"type": "block_suggestion", "user": {"id": "U1"}, "value": "sho"}
    assert slack.send_payload(served.url, suggestion).json() == {"options": []}


def test_controls_of_every_kind(slack: SlackPlatform, host: Serve) -> None:
    served = host()
    options = [{"value": "a"}, {"value": "b"}]
    said: list[tuple[dict[str, Any], str | None]] = [
        ({"type": "button", "value": "/greet"}, "/greet"),
        ({"type": "button", "url": "https://shop.example"}, None),
        ({"type": "static_select", "selected_option": {"value": "/a"}}, "/a"),
        ({"type": "select", "selected_options": options}, "a"),
        ({"type": "overflow", "selected_option": {"value": "o"}}, "o"),
        ({"type": "radio_buttons", "selected_option": {"value": "r"}}, "r"),
        ({"type": "radio_buttons", "selected_option": None}, None),
        ({"type": "checkboxes", "selected_options": options}, "a, b"),
        ({"type": "multi_static_select", "selected_options": [{"value": "/x"}]}, "/x"),
        ({"type": "multi_static_select", "selected_options": []}, None),
        ({"type": "multi_users_select", "selected_users": ["U3", "U4"]}, "U3, U4"),
        ({"type": "users_select", "selected_user": "U3"}, "U3"),
        ({"type": "datepicker", "selected_date": "2026-11-26"}, "2026-11-26"),
        ({"type": "datetimepicker", "selected_date_time": 1700000000}, "1700000000"),
        ({"type": "plain_text_input", "value": "/restart"}, "restart"),
        ({"type": "of_tomorrow", "value": "x"}, None),
    ]
    for number, (action, _) in enumerate(said):
        payload = {
            "type": "block_actions",
            "user": {"id": "U1"},
            "channel": {"id": "D1"},
            "message": {"ts": "1.1", "blocks": []},
            "trigger_id": f"t{number}",
            "actions": [{"block_id": "own", **action}],
        }
        assert slack.send_payload(served.url, payload).status_code == 200
    expected = sorted(text for _, text in said if text)
    served.wait_heard(len(expected))
    assert sorted(each.text or "" for each in served.settle()) == expected


def test_the_home_tab_greets_each_user_once_in_their_language(
    slack: SlackPlatform, host: Serve
) -> None:
    slack.locales = {"U1": "zh-CN", "U2": "en-GB"}
    served = host()
    opened = {"type": "app_home_opened", "channel": "D1", "tab": "home"}
    for user in ("U1", "U2", "U1", "U2"):
        slack.send_event(served.url, slack.event({**opened, "user": user}))
        served.settle()
    slack.send_event(served.url, slack.event({**opened, "user": "U3", "tab": "messages"}))
    served.settle()
    views = {
        call.arguments["user_id"]: call.arguments["view"] for call in slack.of("views.publish")
    }
    assert len(slack.of("views.publish")) == 2
    assert "店小二" in views["U1"]["blocks"][0]["text"]["text"]
    assert "Xiaoer" in views["U2"]["blocks"][0]["text"]["text"]
    assert served.heard == []
    # Another version of the greeting is shown once more; a failure is tried again.
    other = host(texts={"en": {"home_title": "Welcome <here>"}})
    slack.refuse("views.publish", "not_enabled")
    for _ in range(2):
        slack.send_event(other.url, slack.event({**opened, "user": "U2"}))
        other.settle()
    assert [call.ok for call in slack.of("views.publish")] == [True, True, False, True]
    assert slack.of("views.publish")[-1].arguments["view"]["blocks"][0]["text"]["text"] == (
        "Welcome <here>"
    )
