"""Each type of message is read as wechatpy reads it, and becomes what designers write rules for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message
from wechatpy import parse_message

from tests.channels.wechat.platform import ACCOUNT, to_xml
from xiaoer.channels.tencent import MalformedMessage, parse_xml
from xiaoer.channels.tencent.words import as_words
from xiaoer.channels.wechat.incoming import Incoming, read_message

TIME = "1700000000"
ID = "23456789012345678"


def read(kind: str, fields: dict[str, Any], message_id: str | None = ID) -> Incoming:
    """Return what we read, after a look at what wechatpy reads."""
    given = {"ToUserName": ACCOUNT, "FromUserName": "o-1", "CreateTime": TIME, "MsgType": kind}
    given.update(fields)
    if message_id and kind != "event":
        given["MsgId"] = message_id
    body = to_xml(given)
    oracle, ours = parse_message(body), read_message(parse_xml(body.encode()))
    assert (ours.sender, ours.receiver) == (oracle.source, oracle.target)
    assert ours.metadata["created"] == oracle.create_time.timestamp()
    if kind != "event" and message_id:
        assert ours.metadata["message_id"] == str(oracle.id)
    return ours


def entities(incoming: Incoming) -> dict[str, str]:
    """Return intent and entities as Rasa reads them from the payload."""
    assert incoming.payload is not None
    message = YAMLStoryReader.unpack_regex_message(Message({"text": incoming.payload}))
    assert message.get("intent")["name"] == incoming.intent
    return {one["entity"]: one["value"] for one in message.get("entities")}


def test_text() -> None:
    incoming = read("text", {"Content": "有没有耳机"})
    assert (incoming.text, incoming.payload) == ("有没有耳机", None)
    assert (incoming.key, incoming.opens) == (f"m:o-1:{ID}", "message")


MESSAGES = [
    (
        "image",
        {"PicUrl": "http://mmbiz.qpic.cn/a?x=1&y=2", "MediaId": "media-1"},
        "wechat_image",
        {"media_id": "media-1", "url": "http://mmbiz.qpic.cn/a?x=1&y=2"},
    ),
    (
        "voice",
        {"MediaId": "media-2", "Format": "amr", "Recognition": ""},
        "wechat_voice",
        {"media_id": "media-2", "format": "amr"},
    ),
    (
        "video",
        {"MediaId": "media-3", "ThumbMediaId": "thumb-3"},
        "wechat_video",
        {"media_id": "media-3", "thumb_media_id": "thumb-3"},
    ),
    (
        "shortvideo",
        {"MediaId": "media-3", "ThumbMediaId": "thumb-3"},
        "wechat_video",
        {"media_id": "media-3", "thumb_media_id": "thumb-3"},
    ),
    (
        "location",
        {"Location_X": "23.134", "Location_Y": "113.358", "Scale": "20", "Label": "广州市"},
        "wechat_location",
        {"latitude": "23.134", "longitude": "113.358", "label": "广州市"},
    ),
    (
        "link",
        {"Title": '"引号"}', "Description": "多行\n说明", "Url": "https://a.example/?{}"},
        "wechat_link",
        {"title": '"引号"}', "description": "多行\n说明", "url": "https://a.example/?{}"},
    ),
]


@pytest.mark.parametrize(("kind", "fields", "intent", "expected"), MESSAGES)
def test_messages_without_text(kind: str, fields: dict, intent: str, expected: dict) -> None:
    incoming = read(kind, fields)
    assert (incoming.intent, incoming.text, incoming.opens) == (intent, None, "message")
    assert entities(incoming) == expected
    assert incoming.metadata["kind"] == kind


def test_a_recognised_voice_is_text() -> None:
    incoming = read("voice", {"MediaId": "m", "Format": "amr", "Recognition": "查一下订单。"})
    assert (incoming.text, incoming.payload) == ("查一下订单。", None)


EVENTS = [
    ("subscribe", {"EventKey": ""}, "wechat_subscribe", {}, "event"),
    (
        "subscribe",
        {"EventKey": "qrscene_123", "Ticket": "t-1"},
        "wechat_subscribe",
        {"scene": "123", "ticket": "t-1"},
        "event",
    ),
    ("unsubscribe", {"EventKey": ""}, "wechat_unsubscribe", {}, None),
    (
        "SCAN",
        {"EventKey": "门店 7", "Ticket": "t-2"},
        "wechat_scan",
        {"scene": "门店 7", "ticket": "t-2"},
        "event",
    ),
    ("CLICK", {"EventKey": "V1001_SALE"}, "wechat_menu", {"key": "V1001_SALE"}, "event"),
    (
        "VIEW",
        {"EventKey": "https://shop.example/?a=1&b"},
        "wechat_view",
        {"url": "https://shop.example/?a=1&b"},
        None,
    ),
]


@pytest.mark.parametrize(("name", "fields", "intent", "expected", "opens"), EVENTS)
def test_events(name: str, fields: dict, intent: str, expected: dict, opens: str | None) -> None:
    incoming = read("event", {"Event": name, **fields})
    assert incoming.is_event
    assert (incoming.intent, incoming.opens) == (intent, opens)
    assert entities(incoming) == expected


def test_a_menu_key_that_is_a_payload_stays_as_it_is() -> None:
    key = '/order_status{"reference": "a1"}'
    incoming = read("event", {"Event": "CLICK", "EventKey": key})
    assert (incoming.payload, incoming.intent) == (key, "order_status")


def test_events_of_one_second_are_told_apart() -> None:
    keys = {
        read("event", {"Event": "CLICK", "EventKey": "a"}).key,
        read("event", {"Event": "CLICK", "EventKey": "b"}).key,
        read("event", {"Event": "VIEW", "EventKey": "a"}).key,
        read("event", {"Event": "VIEW", "EventKey": "a", "CreateTime": "1700000001"}).key,
    }
    assert len(keys) == 4
    again = read("event", {"Event": "CLICK", "EventKey": "a"})
    assert again.key in keys


def test_a_clicked_menu_message_is_known() -> None:
    assert read("text", {"Content": "满意", "bizmsgmenuid": "g-1"}).menu_id == "g-1"


def test_an_unknown_type_and_event_get_an_intent_of_their_own() -> None:
    assert read("miniprogrampage", {"Title": "x"}).payload == "/wechat_miniprogrampage"
    body = {"FromUserName": "o", "ToUserName": "g", "CreateTime": "1", "MsgType": "event"}
    sent = read_message({**body, "Event": "TEMPLATESENDJOBFINISH", "Status": "success"})
    assert sent.intent == "wechat_templatesendjobfinish"


@pytest.mark.parametrize(
    "change",
    [
        {"FromUserName": ""},
        {"FromUserName": "o 1"},
        {"FromUserName": "o" * 200},
        {"ToUserName": "<b>"},
        {"CreateTime": "now"},
        {"MsgType": ""},
        {"MsgId": "12x"},
        {"FromUserName": {"a": "b"}},
        {"FromUserName": ["a", "b"]},
        {"MsgType": "event"},
    ],
)
def test_what_is_no_message_is_refused(change: dict) -> None:
    whole = {"FromUserName": "o", "ToUserName": "g", "CreateTime": "1", "MsgType": "text"}
    with pytest.raises(MalformedMessage):
        read_message({**whole, "MsgId": "1", "Content": "x", **change})


@given(st.text(max_size=40) | st.from_regex(r"\s*/\w+(\{.*\})?", fullmatch=True))
def test_no_words_of_a_customer_are_an_order_to_rasa(words: str) -> None:
    text = as_words(words)
    assert not text.strip().startswith("/")
    message = YAMLStoryReader.unpack_regex_message(Message({"text": text}))
    assert message.get("intent") is None


@given(st.dictionaries(st.sampled_from(["MediaId", "PicUrl"]), st.text(max_size=60)))
def test_no_field_breaks_out_of_its_entity(fields: dict[str, str]) -> None:
    whole = {"FromUserName": "o", "ToUserName": "g", "CreateTime": "1", "MsgType": "image"}
    incoming = read_message({**whole, "MsgId": "1", **fields})
    assert incoming.payload is not None
    _, _, data = incoming.payload.partition("{")
    values = json.loads("{" + data) if data else {}
    assert values.get("media_id", "") == fields.get("MediaId", "")
    assert values.get("url", "") == fields.get("PicUrl", "")
