"""Application messages over HTTP: a real `rasa run`, the platform's callbacks and its API."""

from __future__ import annotations

import time

import pytest

from tests.channels.wecom.conftest import World
from tests.channels.wecom.platform import AGENT_ID
from tests.waiting import eventually

pytestmark = pytest.mark.slow


def test_the_handshake_is_answered_decrypted_within_a_second(world: World) -> None:
    begun = time.monotonic()
    answer = world.app.verify("5927782489442352469")
    assert (answer.status_code, answer.text) == (200, "5927782489442352469")
    assert time.monotonic() - begun < 1


def test_a_quick_answer_is_the_reply_to_the_callback(world: World, member: str) -> None:
    world.app.text(member, "耳机 <&> ]]> 多少钱")
    (sent,) = [message for message in world.platform.sent if message["to"] == member]
    assert sent["via"] == "passive"
    assert sent["text"]["content"] == "echo: 耳机 <&> ]]> 多少钱"
    (call,) = world.calls(member)
    assert call["channel"] == "wecom"
    assert call["metadata"]["wecom"] == {"msgtype": "text", "agent_id": str(AGENT_ID)}


def test_bubbles_that_fit_are_one_passive_reply(world: World, member: str) -> None:
    world.app.text(member, "bubbles 3")
    assert world.platform.texts(member) == ["bubble 1\n\nbubble 2\n\nbubble 3"]


def test_a_slow_answer_is_sent_by_the_api(world: World, member: str) -> None:
    answer = world.app.text(member, "slow 5.5")
    assert answer is not None
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.elapsed.total_seconds() < 4.9
    eventually(lambda: world.platform.texts(member) == ["echo: slow 5.5"])
    assert [message["via"] for message in world.platform.sent if message["to"] == member] == ["api"]
    assert len(world.calls(member)) == 1


def test_a_long_answer_is_split_between_characters(world: World, member: str) -> None:
    world.app.text(member, "long 7000")
    texts = eventually(
        lambda: len(world.platform.texts(member)) == 4 and world.platform.texts(member)
    )
    assert all(len(text.encode()) <= 2048 and text.endswith("。") for text in texts[:3])
    sentence = "店小二在这里为您服务。"
    assert "".join(texts) == (sentence * 300)[: 7000 // 3]


def test_a_repeated_delivery_is_answered_the_same_and_handled_once(
    world: World, member: str
) -> None:
    fields = {"MsgId": f"{time.time_ns()}"}
    first, second = (world.app.text(member, "once", **fields) for _ in range(2))
    assert first is not None
    assert second is not None
    assert world.platform.texts(member) == ["echo: once", "echo: once"]  # both replies arrive
    assert len(world.calls(member)) == 1


def test_three_deliveries_of_a_slow_message_are_one_message(world: World, member: str) -> None:
    impatient = type(world.app)(world.platform, world.app._address, wait=1.0)
    impatient.text(member, "slow 6")
    eventually(lambda: world.platform.texts(member) == ["echo: slow 6"])
    time.sleep(0.5)
    assert world.platform.texts(member) == ["echo: slow 6"]
    assert len(world.calls(member)) == 1


def test_messages_of_a_member_are_answered_in_order(world: World, member: str) -> None:
    quick = type(world.app)(world.platform, world.app._address, wait=0.3)
    for words in ("slow 1.5 first", "slow 0.2 second", "third"):
        quick.text(member, words)
    expected = ["slow 1.5 first", "slow 0.2 second", "third"]
    eventually(lambda: len(world.calls(member)) == 3)
    assert [call["text"] for call in world.calls(member)] == expected


@pytest.mark.parametrize(
    ("kind", "fields", "intent", "entities"),
    [
        ("image", {"MediaId": "m1", "PicUrl": "http://p/1"}, "wecom_image", {"media_id": "m1"}),
        ("voice", {"MediaId": "m2", "Format": "amr"}, "wecom_voice", {"media_id": "m2", "format": "amr"}),
        ("video", {"MediaId": "m3", "ThumbMediaId": "t3"}, "wecom_video", {"media_id": "m3", "thumb_media_id": "t3"}),
        (
            "location",
            {"Location_X": "23.134", "Location_Y": "113.358", "Scale": 20, "Label": "广州市\"海珠区'"},
            "wecom_location",
            {"latitude": "23.134", "longitude": "113.358", "label": "广州市\"海珠区'"},
        ),
        (
            "link",
            {"Title": "耳机", "Description": "好", "Url": "https://shop/a"},
            "wecom_link",
            {"title": "耳机", "description": "好", "url": "https://shop/a"},
        ),
        ("newtype", {"MediaId": "m4"}, "wecom_other", {}),
    ],
)  # fmt: skip
def test_what_has_no_text_is_an_intent(
    world: World, member: str, kind: str, fields: dict, intent: str, entities: dict
) -> None:
    world.app.message(member, kind, **fields)
    (call,) = eventually(lambda: world.calls(member))
    assert (call["intent"], call["entities"]) == (intent, entities)
    assert world.platform.texts(member)


@pytest.mark.parametrize(
    ("kind", "fields", "intent", "entities"),
    [
        ("subscribe", {}, "wecom_subscribe", {}),
        ("enter_agent", {"EventKey": ""}, "wecom_enter", {}),
        ("click", {"EventKey": "SALE"}, "wecom_click", {"key": "SALE"}),
        ("click", {"EventKey": '/order_status{"reference": "7"}'}, "order_status", {"reference": "7"}),
        (
            "scancode_waitmsg",
            {"EventKey": "S", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "42"}},
            "wecom_scan",
            {"key": "S"},
        ),
        ("view", {"EventKey": "https://shop"}, None, {}),
        ("LOCATION", {"Latitude": "23.1", "Longitude": "113.3", "Precision": "65"}, None, {}),
        ("batch_job_result", {}, None, {}),
    ],
)  # fmt: skip
def test_events_are_intents_where_the_domain_has_them(
    world: World, member: str, kind: str, fields: dict, intent: str | None, entities: dict
) -> None:
    answer = world.app.event(member, kind, **fields)
    assert answer is not None
    assert answer.status_code == 200
    if intent is None:
        time.sleep(0.3)
        assert not world.calls(member)
        assert not world.platform.texts(member)
        return
    (call,) = eventually(lambda: world.calls(member))
    assert (call["intent"], call["entities"]) == (intent, entities)
    eventually(lambda: world.platform.texts(member))


@pytest.mark.parametrize("words", ['/order_status{"reference": "1"}', "  /greet", "\n/restart"])
def test_a_customer_cannot_say_a_payload(world: World, member: str, words: str) -> None:
    world.app.text(member, words)
    (call,) = eventually(lambda: world.calls(member))
    assert call["intent"] == "nlu_fallback"
    assert call["text"].startswith("／")


def test_a_pressed_button_is_its_payload_once_and_is_shown(world: World, member: str) -> None:
    world.app.text(member, "buttons")
    (card,) = eventually(lambda: [m for m in world.platform.sent if m["to"] == member])
    assert card["template_card"]["main_title"]["title"] == "您要做什么?"
    first, second = card["template_card"]["button_list"]
    world.app.press(member, card, first["key"])
    (_, pressed) = eventually(lambda: world.calls(member)[1:] and world.calls(member))
    assert pressed["intent"] == "order_status"
    eventually(lambda: "已选：查订单" in world.platform.cards.values())
    eventually(lambda: "intent: order_status {}" in world.platform.texts(member))

    world.app.press(member, card, second["key"])  # the card is done with
    world.platform.members.add("stranger")
    world.app.press("stranger", card, first["key"])  # and it is not theirs
    time.sleep(0.5)
    assert len(world.calls(member)) == 2
    assert not world.platform.texts("stranger")


def test_product_cards_are_news_with_pictures(world: World, member: str) -> None:
    world.app.text(member, "cards")
    sent = eventually(lambda: [m for m in world.platform.sent if m["to"] == member][2:] and
                    [m for m in world.platform.sent if m["to"] == member])  # fmt: skip
    assert [message["msgtype"] for message in sent] == ["text", "news", "template_card"]
    first = sent[1]["news"]["articles"][0]
    assert first["title"] == "无线耳机 A1"
    assert first["url"] == "https://shop.example/a1"
    assert first["picurl"] == "https://shop.example/a1.png"
    names = [button["text"] for button in sent[2]["template_card"]["button_list"]]
    assert names == ["无线耳机 A1 · 看详情", "扫地机器人 R2 · 看详情"]


def test_an_access_token_that_ended_is_got_anew(world: World, member: str) -> None:
    world.app.text(member, "buttons")
    eventually(lambda: world.platform.texts(member))
    world.platform.expire_tokens()
    world.app.text(member, "buttons")
    eventually(lambda: len(world.platform.texts(member)) == 2)


def test_a_busy_platform_is_asked_again(world: World, member: str) -> None:
    world.platform.failures["message/send"] += [-1, 45009]
    world.app.text(member, "buttons")
    eventually(lambda: world.platform.texts(member))


def test_what_is_said_while_the_api_refuses_comes_when_it_is_back(
    world: World, member: str
) -> None:
    world.platform.failures["message/send"] += [45009] * 5  # more than one call's tries
    world.app.text(member, "buttons")
    eventually(lambda: world.platform.texts(member) == ["您要做什么?"])


def test_an_unknown_member_ends_the_turn_and_not_the_server(world: World) -> None:
    world.app.text("nobody", "buttons")
    eventually(lambda: "WeCom does not know this member" in world.rasa.tail())
    assert world.app.verify().status_code == 200


def test_a_persons_words_are_pushed_or_refused_clearly(world: World, member: str) -> None:
    assert world.push("wecom", member, "您好").json() == {"delivered": True}
    assert world.platform.texts(member) == ["小李: 您好"]
    answer = world.push("wecom", "nobody", "您好")
    assert answer.status_code == 502
    assert answer.json()["error"]["reason"].startswith("WeCom does not know this member")
    world.platform.members.add("unlicensed")
    world.platform.unlicensed.add("unlicensed")
    answer = world.push("wecom", "unlicensed", "您好")
    assert answer.status_code == 502


def test_no_secret_is_in_the_log_of_a_debugging_server(world: World, member: str) -> None:
    world.app.text(member, "buttons")
    eventually(lambda: world.platform.texts(member))
    log = world.rasa.log.read_text(errors="replace")
    tokens = [token for token, _ in world.platform._tokens.values()]
    secrets = ["app-secret-0123456789", "kf-secret-0123456789", "callbackTokenOfTests", *tokens]
    assert tokens
    assert not [secret for secret in secrets if secret in log]
