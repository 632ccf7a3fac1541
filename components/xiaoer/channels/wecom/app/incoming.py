"""What a callback of the app means for the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from xiaoer.channels.tencent.words import intent_message
from xiaoer.channels.wecom.callback import delivery_key

# What has no text: its intent, and its entities with the fields they stand in.
_MESSAGES: dict[str, tuple[str, dict[str, str]]] = {
    "image": ("wecom_image", {"media_id": "MediaId", "pic_url": "PicUrl"}),
    "voice": ("wecom_voice", {"media_id": "MediaId", "format": "Format"}),
    "video": ("wecom_video", {"media_id": "MediaId", "thumb_media_id": "ThumbMediaId"}),
    "shortvideo": ("wecom_video", {"media_id": "MediaId", "thumb_media_id": "ThumbMediaId"}),
    "file": ("wecom_file", {"media_id": "MediaId", "title": "Title"}),
    "location": (
        "wecom_location",
        {"latitude": "Location_X", "longitude": "Location_Y", "label": "Label"},
    ),
    "link": (
        "wecom_link",
        {"title": "Title", "description": "Description", "url": "Url", "pic_url": "PicUrl"},
    ),
}
_EVENTS: dict[str, tuple[str, dict[str, str]]] = {
    "subscribe": ("wecom_subscribe", {}),
    "unsubscribe": ("wecom_unsubscribe", {}),
    "enter_agent": ("wecom_enter", {"key": "EventKey"}),
    "click": ("wecom_click", {"key": "EventKey"}),
    "view": ("wecom_view", {"url": "EventKey"}),
    "view_miniprogram": ("wecom_view", {"url": "EventKey"}),
    "location": (
        "wecom_position",
        {"latitude": "Latitude", "longitude": "Longitude", "precision": "Precision"},
    ),
    "location_select": (
        "wecom_location",
        {
            "latitude": "SendLocationInfo.Location_X",
            "longitude": "SendLocationInfo.Location_Y",
            "label": "SendLocationInfo.Label",
            "key": "EventKey",
        },
    ),
    "scancode_push": ("wecom_scan", {"result": "ScanCodeInfo.ScanResult", "key": "EventKey"}),
    "scancode_waitmsg": ("wecom_scan", {"result": "ScanCodeInfo.ScanResult", "key": "EventKey"}),
    "pic_sysphoto": ("wecom_pictures", {"count": "SendPicsInfo.Count", "key": "EventKey"}),
    "pic_photo_or_album": ("wecom_pictures", {"count": "SendPicsInfo.Count", "key": "EventKey"}),
    "pic_weixin": ("wecom_pictures", {"count": "SendPicsInfo.Count", "key": "EventKey"}),
    "template_card_menu_event": ("wecom_card_menu", {"key": "EventKey"}),
}
_OTHER_EVENT = re.compile(r"^[a-z][a-z0-9_]{0,40}$")
# Events that the platform shows a passive reply to.
_REPLIED = frozenset({"click", "scancode_waitmsg"})


@dataclass(frozen=True)
class Press:
    """A button of a template card that was pressed.

    Attributes:
        task_id: The card.
        key: The button.
        code: With which the card may be changed, once within 72 hours.
    """

    task_id: str
    key: str
    code: str


@dataclass(frozen=True)
class Incoming:
    """A message or an event.

    Attributes:
        key: What tells it from others.
        sender: The member's user id.
        words: What the member wrote; None where there is no text.
        intent: The name of the intent that stands for what has no text.
        payload: What Rasa is given instead of words.
        press: The pressed button, if it is one.
        event: Whether it is an event: nobody waits for an answer to most of them.
        passive: Whether the platform shows a reply to the callback.
        metadata: For actions and rules: `msgtype`, `event`, the entities.
    """

    key: str
    sender: str
    words: str | None = None
    intent: str = ""
    payload: str = ""
    press: Press | None = None
    event: bool = False
    passive: bool = True
    metadata: dict[str, Any] = field(default_factory=dict)


def read_incoming(fields: dict[str, Any]) -> Incoming | None:
    """Return what a callback says; None for what comes from no member.

    Sources: https://developer.work.weixin.qq.com/document/path/90239 (messages), …/90240 (events).
    """
    sender = _text(fields, "FromUserName")
    if not sender or sender == "sys":
        return None
    key = delivery_key(fields)
    kind = _text(fields, "MsgType").lower()
    about = {"msgtype": kind, "agent_id": _text(fields, "AgentID")}
    if kind == "event":
        return _event(key, sender, about, fields)
    if kind == "text":
        return Incoming(key, sender, words=_text(fields, "Content"), metadata=about)
    heard = _text(fields, "Recognition")
    if kind == "voice" and heard:
        return Incoming(key, sender, words=heard, metadata=about)
    intent, names = _MESSAGES.get(kind, ("wecom_other", {}))
    entities = _entities(fields, names)
    return Incoming(
        key,
        sender,
        intent=intent,
        payload=intent_message(intent, entities),
        metadata={**about, **entities},
    )


def _event(key: str, sender: str, about: dict[str, Any], fields: dict[str, Any]) -> Incoming | None:
    name = _text(fields, "Event").lower()
    event_key = _text(fields, "EventKey")
    about = {**about, "event": name}
    if name == "template_card_event":
        press = Press(_text(fields, "TaskId"), event_key, _text(fields, "ResponseCode"))
        return Incoming(key, sender, press=press, event=True, passive=False, metadata=about)
    if name not in _EVENTS and not _OTHER_EVENT.match(name):
        return None
    intent, names = _EVENTS.get(name, (f"wecom_{name}", {"key": "EventKey"}))
    entities = _entities(fields, names)
    payload = intent_message(intent, entities)
    # The shop writes the keys of its menu itself, so a key may be a payload.
    if name == "click" and event_key.startswith("/"):
        intent, payload = "", event_key
    return Incoming(
        key,
        sender,
        intent=intent,
        payload=payload,
        event=True,
        passive=name in _REPLIED,
        metadata={**about, **entities},
    )


def _entities(fields: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    found = {entity: _text(fields, path) for entity, path in names.items()}
    return {entity: value for entity, value in found.items() if value}


def _text(fields: dict[str, Any], path: str) -> str:
    value: Any = fields
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, dict) else ""
    return value.strip() if isinstance(value, str) else ""
