"""Messages and events of WeChat, as Rasa is to read them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from xiaoer.channels.tencent import MalformedMessage
from xiaoer.channels.tencent.words import intent_message

#: What a message of each type gives its intent: entity to field.
_MESSAGES = {
    "image": ("wechat_image", {"media_id": "MediaId", "url": "PicUrl"}),
    "voice": ("wechat_voice", {"media_id": "MediaId", "format": "Format"}),
    "video": ("wechat_video", {"media_id": "MediaId", "thumb_media_id": "ThumbMediaId"}),
    "shortvideo": ("wechat_video", {"media_id": "MediaId", "thumb_media_id": "ThumbMediaId"}),
    "location": (
        "wechat_location",
        {"latitude": "Location_X", "longitude": "Location_Y", "label": "Label"},
    ),
    "link": ("wechat_link", {"title": "Title", "description": "Description", "url": "Url"}),
}
_EVENTS = {
    "subscribe": ("wechat_subscribe", {"scene": "EventKey", "ticket": "Ticket"}),
    "unsubscribe": ("wechat_unsubscribe", {}),
    "SCAN": ("wechat_scan", {"scene": "EventKey", "ticket": "Ticket"}),
    "CLICK": ("wechat_menu", {"key": "EventKey"}),
    "VIEW": ("wechat_view", {"url": "EventKey"}),
}
#: Events after which the platform lets an account send customer-service messages.
_OPENING = frozenset({"subscribe", "SCAN", "CLICK"})
_KNOWN = frozenset(
    {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Encrypt", "MsgId", "Content"}
)


@dataclass(frozen=True)
class Incoming:
    """One message or event.

    Attributes:
        key: What all deliveries of it have in common.
        sender: The customer's openid.
        receiver: The account's own id.
        kind: The message's type, or the event's name.
        text: The customer's words, if it has any.
        payload: The intent message, if it has no words.
        intent: The payload's intent.
        opens: Which quota of customer-service messages it opens.
        menu_id: Of a click in a menu message.
        metadata: What else the platform told.
    """

    key: str
    sender: str
    receiver: str
    kind: str
    text: str | None = None
    payload: str | None = None
    intent: str | None = None
    opens: Literal["message", "event"] | None = None
    menu_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def is_event(self) -> bool:
        """Whether it is an event and no message."""
        return self.key.startswith("e:")


def read_message(fields: dict[str, Any]) -> Incoming:
    """Return the message that the callback's fields describe.

    Raises:
        MalformedMessage: Sender, receiver, type or id are missing or have another form.
    """
    sender, receiver = _text(fields, "FromUserName"), _text(fields, "ToUserName")
    created, kind = _text(fields, "CreateTime"), _text(fields, "MsgType")
    names = re.fullmatch(r"[\w@.-]{1,128}", sender) and re.fullmatch(r"[\w@.-]{1,128}", receiver)
    if not names or not re.fullmatch("[0-9]{1,12}", created) or not kind:
        raise MalformedMessage("The message has no sender, receiver, time or type.")
    metadata = {key: value for key, value in fields.items() if key not in _KNOWN}
    metadata.update(channel="wechat", account=receiver, kind=kind, created=int(created))
    if kind == "event":
        return _event(fields, sender, receiver, created, metadata)
    message_id = _text(fields, "MsgId")
    if message_id and not re.fullmatch("[0-9]{1,32}", message_id):
        raise MalformedMessage("The MsgId is no number.")
    key = f"m:{sender}:{message_id or created + ':' + kind}"
    given: dict[str, Any] = {"key": key, "sender": sender, "receiver": receiver, "kind": kind}
    given.update(opens="message", metadata={**metadata, "message_id": message_id})
    words = _text(fields, "Content") if kind == "text" else _text(fields, "Recognition")
    if kind == "text" or (kind == "voice" and words.strip()):
        return Incoming(**given, text=words, menu_id=_text(fields, "bizmsgmenuid") or None)
    intent, entities = _MESSAGES.get(kind, (f"wechat_{_word(kind)}", {}))
    return Incoming(**given, intent=intent, payload=_payload(intent, fields, entities))


def _event(
    fields: dict[str, Any], sender: str, receiver: str, created: str, metadata: dict[str, Any]
) -> Incoming:
    name, event_key = _text(fields, "Event"), _text(fields, "EventKey")
    if not name:
        raise MalformedMessage("The event has no name.")
    digest = hashlib.sha256(event_key.encode("utf-8", "replace")).hexdigest()[:12]
    intent, entities = _EVENTS.get(name, (f"wechat_{_word(name)}", {}))
    if name == "subscribe":
        fields = {**fields, "EventKey": event_key.removeprefix("qrscene_")}
    payload = _payload(intent, fields, entities)
    if name == "CLICK" and event_key.startswith("/"):
        # The shop's own menu names the intent message itself.
        payload = event_key
        intent = re.split("[{@]", event_key[1:])[0].strip()
    return Incoming(
        key=f"e:{sender}:{created}:{_word(name)}:{digest}",
        sender=sender,
        receiver=receiver,
        kind=name,
        payload=payload,
        intent=intent,
        opens="event" if name in _OPENING else None,
        metadata={**metadata, "kind": name},
    )


def _payload(intent: str, fields: dict[str, Any], entities: dict[str, str]) -> str:
    return intent_message(intent, {name: _text(fields, key) for name, key in entities.items()})


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _word(name: str) -> str:
    return re.sub(r"\W", "_", name.lower())[:40]
