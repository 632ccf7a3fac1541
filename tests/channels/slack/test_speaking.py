"""Messages within Slack's limits: texts, buttons, menus, cards, and what becomes of a press."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.channels.slack.hosting import Host
from tests.channels.slack.platform import TOKEN, SlackPlatform
from xiaoer.channels.slack.protocol.errors import NotDelivered

Serve = Callable[..., Host]


def _say(served: Host, **response: Any) -> None:
    output = served.connector.get_output_channel()
    assert output is not None
    served.run(output.send_response("U1", {"text": None, **response}))


def _controls(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in message["blocks"] if each["type"] == "actions"]


def _buttons(count: int, payload: str = "/choose{}") -> list[dict[str, str]]:
    return [{"title": f"No. {n}", "payload": payload.format(n)} for n in range(count)]


def test_text_is_escaped_and_split(slack: SlackPlatform, host: Serve) -> None:
    served = host()
    _say(served, text="A & B <C>\n\n<!channel> hi")
    assert [each["text"] for each in slack.posted("U1")] == [
        "A &amp; B &lt;C&gt;",
        "&lt;!channel&gt; hi",
    ]
    _say(served, text="很长的一句话。" * 2_000)
    long = slack.posted("U1")[-1]
    parts = [each["text"]["text"] for each in long["blocks"]]
    assert "".join(parts) == "很长的一句话。" * 2_000
    assert all(len(part) <= 3_000 and part.endswith("。") for part in parts)
    _say(served, text="x & " * 20_000)
    assert all(call.ok for call in slack.of("chat.postMessage"))
    assert len(slack.posted("U1")) == 3 + 4


def test_buttons_and_menus(slack: SlackPlatform, host: Serve) -> None:
    served = host()
    _say(
        served,
        text="Which?",
        buttons=[
            {"title": "One" * 40, "payload": "/one", "style": "primary"},
            {"title": "Site", "url": "https://shop.example", "type": "web_url"},
            {"title": "", "payload": "/nothing"},
            {"title": "Too long", "payload": "/x" * 1_500},
        ],
    )
    [block] = _controls(slack.posted()[-1])
    first, second = block["elements"]
    assert first["text"]["text"] == ("One" * 40)[:74] + "…"
    assert (first["value"], first["style"]) == ("/one", "primary")
    assert second["url"] == "https://shop.example"
    for count, menus in ((6, [6]), (100, [100]), (250, [100, 100, 50])):
        _say(served, text="选哪个?", buttons=_buttons(count))
        message = slack.posted()[-1]
        found = [each["elements"][0] for each in _controls(message)]
        assert [len(each["options"]) for each in found] == menus
        chosen = [option["value"] for each in found for option in each["options"]]
        assert chosen == [f"/choose{n}" for n in range(count)]
    assert found[1]["placeholder"]["text"] == "请选择（101–200）"
    # Payloads that no menu holds stay on buttons.
    _say(served, text="Which?", buttons=_buttons(30, '/inform{{"sku": "{}' + "x" * 200 + '"}}'))
    assert [len(each["elements"]) for each in _controls(slack.posted()[-1])] == [25, 5]
    assert all(call.ok for call in slack.of("chat.postMessage"))


def test_product_cards(slack: SlackPlatform, host: Serve) -> None:
    served = host()
    card = {
        "title": "Shoe <1> & more",
        "subtitle": "¥399 · in stock",
        "image_url": "https://shop.example/shoe.png",
        "default_action": {"type": "web_url", "url": "https://shop.example/shoe?a=1&b=2"},
        "buttons": [{"title": "Details", "payload": "/details"}],
    }
    _say(served, elements=[card, {**card, "title": "Two", "image_url": "shoe.png"}])
    section, buttons, divider, second, _ = slack.posted()[-1]["blocks"]
    assert section["text"]["text"] == (
        "*<https://shop.example/shoe?a=1&amp;b=2|Shoe &lt;1&gt; &amp; more>*\n¥399 · in stock"
    )
    assert section["accessory"]["image_url"] == "https://shop.example/shoe.png"
    assert buttons["elements"][0]["value"] == "/details"
    assert divider["type"] == "divider"
    assert "accessory" not in second
    assert slack.posted()[-1]["text"] == "Shoe &lt;1&gt; &amp; more\nTwo"
    _say(served, elements=[card] * 40)
    assert [len(each["blocks"]) for each in slack.posted()[1:]] == [50, 50, 17]


def test_pictures_attachments_and_custom_messages(slack: SlackPlatform, host: Serve) -> None:
    served = host()
    _say(served, image="https://shop.example/a.png")
    assert slack.posted()[-1]["blocks"][0]["image_url"] == "https://shop.example/a.png"
    _say(served, image="a.png")
    assert slack.posted()[-1]["text"] == "a.png"
    _say(served, attachment={"fallback": "f", "text": "old"})
    assert slack.posted()[-1]["attachments"] == [{"fallback": "f", "text": "old"}]
    _say(served, custom={"channel": "C5", "text": "<https://a.example|raw>"})
    assert slack.posted("C5")[-1]["text"] == "<https://a.example|raw>"
    _say(served, custom=[{"type": "divider"}])
    assert slack.posted("U1")[-1]["blocks"] == [{"type": "divider"}]
    count = len(slack.posted())
    _say(served, custom={"for": "another channel"})
    _say(served, text="")
    assert len(slack.posted()) == count


def test_of_several_cards_and_menus_only_what_was_pressed_goes(
    slack: SlackPlatform, host: Serve
) -> None:
    served = host()
    cards = [
        {
            "title": f"Shoe {n}",
            "image_url": f"https://shop.example/{n}.png",
            "buttons": [{"title": "Buy & go", "payload": f"/buy{n}"}],
        }
        for n in range(3)
    ]
    _say(served, elements=cards)
    [(channel, ts)] = slack.messages
    press = slack.press(channel, ts, block=1)
    # Pressed twice, before the button went.
    for payload in (press, {**press, "trigger_id": "again"}):
        assert slack.send_payload(served.url, payload).status_code == 200
    served.wait_heard()
    assert [each.text for each in served.settle()] == ["/buy1"]
    message = slack.messages[channel, ts]
    assert [each["elements"][0].get("value") for each in _controls(message)] == ["/buy0", "/buy2"]
    assert "✓ Buy &amp; go" in str(message["blocks"])
    slack.send_payload(served.url, slack.press(channel, ts, block=1))
    assert [each.text for each in served.wait_heard(2)] == ["/buy1", "/buy2"]

    _say(served, text="Which?", buttons=_buttons(250))
    channel, ts = list(slack.messages)[-1]
    slack.send_payload(served.url, slack.press(channel, ts, block=2, index=7))
    assert served.wait_heard(3)[2].text == "/choose207"
    served.settle()
    message = slack.messages[channel, ts]
    assert _controls(message) == []
    assert [each["type"] for each in message["blocks"]] == ["section", "context"]


def test_a_press_on_what_only_the_customer_sees(slack: SlackPlatform, host: Serve) -> None:
    async def answer(message: Any) -> None:
        if not message.text.startswith("/"):
            await message.output_channel.send_text_with_buttons("U1", "Which?", _buttons(2))
        else:
            await message.output_channel.send_text_message("U1", "fine")

    served = host(answer)
    slack.send_form(served.url, slack.command("help"))
    served.settle()
    [sent] = slack.of("respond")
    action = {**sent.arguments["blocks"][1]["elements"][0]}
    payload = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "container": {
            "type": "message",
            "message_ts": "9.9",
            "channel_id": "C1",
            "is_ephemeral": True,
        },
        "channel": {"id": "C1"},
        "trigger_id": "77",
        "response_url": slack.response_url(),
        "actions": [{**action, "block_id": sent.arguments["blocks"][1]["block_id"]}],
    }
    slack.send_payload(served.url, payload)
    served.wait_heard(2)
    served.settle()
    changed, answered = sorted(
        (call.arguments for call in slack.of("respond")[1:]),
        key=lambda each: not each.get("replace_original"),
    )
    assert "✓ No. 0" in str(changed)
    assert answered["text"] == "fine"
    assert slack.of("chat.update") == []


def test_pushing_goes_where_the_customer_wrote_last(slack: SlackPlatform, host: Serve) -> None:
    served = host(use_threads=True)
    event = slack.message("<@UBOT> hi", channel="C7", thread_ts="5.5")
    event["event"]["type"] = "app_mention"
    slack.send_event(served.url, event)
    served.wait_heard()
    output = served.connector.get_output_channel()
    assert output is not None
    for recipient, place in (
        ("U1", {"channel": "C7", "thread_ts": "5.5"}),
        ("U9", {"channel": "U9"}),
        ("U9_C4", {"channel": "C4"}),
        ("U9_C4_6.6", {"channel": "C4", "thread_ts": "6.6"}),
    ):
        served.run(output.send_text_message(recipient, "news"))
        assert slack.posted()[-1] == {**place, "text": "news"}
    # A custom message for another channel has no business in the thread.
    served.run(output.send_custom_json("U1", {"channel": "C8", "text": "news"}))
    assert slack.posted()[-1] == {"channel": "C8", "text": "news"}
    with pytest.raises(NotDelivered, match="slack_channel"):
        served.run(output.send_text_message("somebody", "news"))
    with_channel = host(slack_channel="#shop").connector.get_output_channel()
    assert with_channel is not None
    served.run(with_channel.send_text_message("somebody", "news"))
    assert slack.posted()[-1]["channel"] == "#shop"


def test_what_is_not_delivered_is_said(
    slack: SlackPlatform, host: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    served = host(max_rate_limit_wait=2, timeout=1)
    output = served.connector.get_output_channel()
    assert output is not None
    for error, advice in (("not_in_channel", "Invite"), ("token_revoked", "bot token")):
        slack.refuse("chat.postMessage", error)
        with pytest.raises(NotDelivered, match=f"{error}.*{advice}"):
            served.run(output.send_text_message("U1", "news"))
    slack.limit("chat.postMessage", retry_after=30)
    with pytest.raises(NotDelivered, match="ratelimited"):
        served.run(output.send_text_message("U1", "news"))
    slack.limit("chat.postMessage", times=2, retry_after=1)
    served.run(output.send_text_message("U1", "waited for"))
    assert [each["text"] for each in slack.posted()] == ["waited for"]
    unreachable = host(api_url="http://127.0.0.1:9/api/").connector.get_output_channel()
    assert unreachable is not None
    with pytest.raises(NotDelivered, match="could not be reached"):
        served.run(unreachable.send_text_message("U1", "news"))
    assert TOKEN not in caplog.text


def test_an_answer_that_is_lost_does_not_lose_the_turn(
    slack: SlackPlatform, host: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    after = []

    async def answer(message: Any) -> None:
        await message.output_channel.send_text_message("U1", "one")
        after.append(message)

    slack.refuse("chat.postMessage", "channel_not_found")
    served = host(answer)
    slack.send_event(served.url, slack.message("hi"))
    served.wait_heard()
    served.settle()
    assert after
    assert "An answer on Slack was lost" in caplog.text
