"""What callbacks mean, read by ours and by wechatpy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from wechatpy.enterprise import parse_message

from tests.channels.wecom.callbacks import xml
from tests.channels.wecom.platform import CORP_ID
from xiaoer.channels.tencent import parse_xml
from xiaoer.channels.wecom.app.incoming import Incoming, read_incoming

ABOUT = {"ToUserName": CORP_ID, "FromUserName": "zhangsan", "CreateTime": 1348831860}


def both(fields: dict[str, Any]) -> tuple[Incoming, Any]:
    """Our reading and wechatpy's of one callback."""
    body = xml({**ABOUT, **fields, "AgentID": 1})
    ours = read_incoming(parse_xml(body.encode()))
    assert ours is not None
    theirs = parse_message(body)
    assert ours.sender == theirs.source == "zhangsan"
    assert ours.metadata["agent_id"] == str(theirs.agent) == "1"
    return ours, theirs


def entities(incoming: Incoming) -> dict[str, Any]:
    """The entities of an intent message."""
    return json.loads(incoming.payload.removeprefix(f"/{incoming.intent}") or "{}")


def test_text() -> None:
    ours, theirs = both({"MsgType": "text", "Content": "你好 <b>&", "MsgId": 42})
    assert ours.words == theirs.content == "你好 <b>&"
    assert ours.key == f"message:{theirs.id}"


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"MsgType": "image", "PicUrl": "http://p", "MediaId": "m"}, {"media_id": "media_id", "pic_url": "image"}),
        ({"MsgType": "voice", "MediaId": "m", "Format": "amr"}, {"media_id": "media_id", "format": "format"}),
        (
            {"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"},
            {"media_id": "media_id", "thumb_media_id": "thumb_media_id"},
        ),
        (
            {"MsgType": "location", "Location_X": "23.1", "Location_Y": "113.3", "Scale": 20, "Label": "海珠"},
            {"latitude": "location_x", "longitude": "location_y", "label": "label"},
        ),
        (
            {"MsgType": "link", "Title": "t", "Description": "d", "Url": "http://u", "PicUrl": "http://p"},
            {"title": "title", "description": "description", "url": "url", "pic_url": "pic_url"},
        ),
        ({"MsgType": "event", "Event": "click", "EventKey": "K"}, {"key": "key"}),
        ({"MsgType": "event", "Event": "view", "EventKey": "http://u"}, {"url": "url"}),
        (
            {"MsgType": "event", "Event": "LOCATION", "Latitude": "23.1", "Longitude": "113.3", "Precision": "65.0"},
            {"latitude": "latitude", "longitude": "longitude", "precision": "precision"},
        ),
        (
            {
                "MsgType": "event",
                "Event": "scancode_waitmsg",
                "EventKey": "K",
                "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "r"},
            },
            {"key": "key", "result": "scan_result"},
        ),
        (
            {
                "MsgType": "event",
                "Event": "location_select",
                "EventKey": "K",
                "SendLocationInfo": {"Location_X": "23", "Location_Y": "113", "Scale": "15", "Label": "广州", "Poiname": ""},
            },
            {"key": "key", "latitude": "location_x", "longitude": "location_y", "label": "label"},
        ),
        ({"MsgType": "event", "Event": "subscribe", "EventKey": ""}, {}),
        ({"MsgType": "event", "Event": "unsubscribe", "EventKey": ""}, {}),
        ({"MsgType": "event", "Event": "enter_agent", "EventKey": ""}, {}),
    ],
)  # fmt: skip
def test_fields_are_those_that_wechatpy_reads(
    fields: dict[str, Any], names: dict[str, str]
) -> None:
    ours, theirs = both({**fields, "MsgId": 7} if fields["MsgType"] != "event" else fields)
    found = entities(ours)
    assert set(found) == set(names)
    for entity, attribute in names.items():
        value = getattr(theirs, attribute)
        assert found[entity] == str(value), entity
    assert found.items() <= ours.metadata.items()


def test_a_voice_that_was_understood_is_its_words() -> None:
    incoming = read_incoming({**ABOUT, "MsgType": "voice", "Recognition": "查订单", "MsgId": "1"})
    assert incoming is not None
    assert (incoming.words, incoming.payload) == ("查订单", "")


def test_a_key_of_the_menu_may_be_a_payload_but_no_other_event_key() -> None:
    key = '/order_status{"reference": "1"}'
    click = read_incoming({**ABOUT, "MsgType": "event", "Event": "click", "EventKey": key})
    view = read_incoming({**ABOUT, "MsgType": "event", "Event": "view", "EventKey": key})
    assert click is not None
    assert view is not None
    assert click.payload == key
    assert view.payload.startswith("/wecom_view{")


@pytest.mark.parametrize("event", ["", "A B", "x{}", "x/y", "_x", "é"])
def test_an_event_with_another_name_is_left_alone(event: str) -> None:
    assert read_incoming({**ABOUT, "MsgType": "event", "Event": event}) is None


def test_what_the_system_tells_is_left_alone() -> None:
    fields = {"MsgType": "event", "Event": "change_contact", "FromUserName": "sys"}
    assert read_incoming({**ABOUT, **fields}) is None
