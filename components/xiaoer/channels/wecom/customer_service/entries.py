"""What an entry of the pulled log means for the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xiaoer.channels.tencent.words import intent_message

CUSTOMER = 3
SYSTEM = 4

_FIELDS: dict[str, tuple[str, ...]] = {
    "image": ("media_id",),
    "voice": ("media_id",),
    "video": ("media_id",),
    "file": ("media_id",),
    "location": ("latitude", "longitude", "name", "address"),
    "link": ("title", "desc", "url", "pic_url"),
    "business_card": ("userid",),
    "miniprogram": ("appid", "title", "pagepath"),
    "channels_shop_product": ("product_id", "title", "sales_price", "shop_nickname"),
    "channels_shop_order": ("order_id", "product_titles", "price_wording", "state"),
}
_EVENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "enter_session": ("wecom_enter", ("scene", "scene_param")),
    "session_status_change": (
        "wecom_session",
        ("change_type", "old_servicer_userid", "new_servicer_userid"),
    ),
    "user_recall_msg": ("wecom_recall", ("recall_msgid",)),
}


@dataclass(frozen=True)
class Failure:
    """A message of ours that the platform took and could not deliver.

    Attributes:
        msgid: Our message.
        kind: The platform's `fail_type`.
    """

    msgid: str
    kind: int


@dataclass(frozen=True)
class Entry:
    """A customer's message, or an event about them.

    Attributes:
        key: The message id.
        account: `open_kfid`, the account that the customer writes to.
        customer: `external_userid`.
        sent_at: Seconds since 1970.
        words: What the customer wrote; None where there is no text.
        menu_id: The menu item that was clicked, if the words come from one.
        intent: The name of the intent that stands for what has no text.
        payload: What Rasa is given instead of words.
        code: With which one message may be sent for this event.
        failure: A failed message of ours, if the entry tells of one.
        event: The event's name, empty for a message.
        metadata: For actions and rules.
    """

    key: str
    account: str
    customer: str
    sent_at: float
    words: str | None = None
    menu_id: str = ""
    intent: str = ""
    payload: str = ""
    code: str = ""
    failure: Failure | None = None
    event: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


def read_entry(raw: dict[str, Any]) -> Entry | None:
    """Return what an entry says; None for words of servicers and events about no customer.

    Source: https://developer.work.weixin.qq.com/document/path/94670
    """
    kind = str(raw.get("msgtype") or "")
    content = raw.get(kind)
    content = content if isinstance(content, dict) else {}
    about = content if kind == "event" else raw
    key, account = str(raw.get("msgid") or ""), str(about.get("open_kfid") or "")
    customer = str(about.get("external_userid") or "")
    if not (key and account and customer) or raw.get("origin") not in (CUSTOMER, SYSTEM):
        return None
    sent_at = float(raw.get("send_time") or 0)
    metadata = {"msgtype": kind, "open_kfid": account, "external_userid": customer}
    if kind == "event":
        return _event(key, account, customer, sent_at, content, metadata)
    if raw["origin"] != CUSTOMER:
        return None
    if kind == "text":
        words, menu = str(content.get("content") or ""), str(content.get("menu_id") or "")
        return Entry(key, account, customer, sent_at, words, menu, metadata=metadata)
    intent = f"wecom_{kind}" if kind in _FIELDS else "wecom_other"
    entities = _entities(content, _FIELDS.get(kind, ()))
    return Entry(
        key,
        account,
        customer,
        sent_at,
        intent=intent,
        payload=intent_message(intent, entities),
        metadata={**metadata, **entities},
    )


def _event(
    key: str,
    account: str,
    customer: str,
    sent_at: float,
    content: dict[str, Any],
    metadata: dict[str, Any],
) -> Entry | None:
    name = str(content.get("event_type") or "")
    metadata = {**metadata, "event": name}
    if name == "msg_send_fail":
        failure = Failure(str(content.get("fail_msgid") or ""), int(content.get("fail_type") or 0))
        return Entry(
            key, account, customer, sent_at, failure=failure, event=name, metadata=metadata
        )
    if name not in _EVENTS:
        return None
    intent, names = _EVENTS[name]
    entities = _entities(content, names)
    return Entry(
        key,
        account,
        customer,
        sent_at,
        intent=intent,
        payload=intent_message(intent, entities),
        code=str(content.get("welcome_code") or content.get("msg_code") or ""),
        event=name,
        metadata={**metadata, **entities},
    )


def _entities(content: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    found = {name: content.get(name) for name in names}
    return {name: str(value) for name, value in found.items() if value not in (None, "", [], {})}
