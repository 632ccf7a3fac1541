"""What somebody of the staff wants, by a message in a thread, a button, or the dialogue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from backends.handoff.slack.poster import FROM_SLACK
from backends.handoff.slack.showing import AGREED, CLOSE, RELEASE, TAKE
from backends.handoff.slack.texts import commands
from xiaoer.channels.slack.protocol.errors import MalformedRequest
from xiaoer.channels.slack.protocol.fields import at, objects, word
from xiaoer.channels.slack.protocol.mrkdwn import plain

Kind = Literal["take", "release", "close", "ask_agreed", "note", "reply", "files", "mention"]

_BUTTONS: dict[str, Kind] = {TAKE: "take", RELEASE: "release", CLOSE: "ask_agreed"}
_LEADING = re.compile(r"^[\s:,：，]+")
_COLLEAGUE = re.compile(r"<@[UW][A-Z0-9]+")
_SUBTYPES = ("", "file_share", "thread_broadcast", "me_message")


@dataclass(frozen=True)
class Wish:
    """What is to be done with a ticket.

    Attributes:
        kind: ``ask_agreed`` opens the dialogue; ``files``, and words that a ``mention`` shows to be
            for a colleague, do not go to the customer.
        user: Slack's id of who wants it.
        reference: of the ticket, if it is known.
        thread: of the ticket, if the reference is not known.
        text: for the customer, for colleagues, or what was agreed.
        key: the same for each delivery of the same message.
        trigger: by which a dialogue may be opened.
    """

    kind: Kind
    user: str
    reference: str = ""
    thread: str = ""
    text: str = ""
    key: str = ""
    trigger: str = ""


def read_event(body: dict[str, Any], channel: str) -> Wish | None:
    """What a message in a thread of the channel means; None for any other event.

    Raises:
        MalformedRequest: it is no event.
    """
    event = body.get("event")
    if not isinstance(event, dict):
        raise MalformedRequest("An event needs 'event'.")
    user, thread, ts = (word(event, name) for name in ("user", "thread_ts", "ts"))
    if (
        word(event, "type") != "message"
        or word(event, "channel") != channel
        or event.get("bot_id")
        or event.get("hidden")
        or word(event, "subtype") not in _SUBTYPES
        or not (user and thread and ts)
        or thread == ts
    ):
        return None
    text = plain(word(event, "text"))
    key = f"{FROM_SLACK}{ts}"
    if not text:
        return Wish("files", user, thread=thread) if objects(event, "files") else None
    kind, rest = _command(text)
    if kind == "reply" and _COLLEAGUE.search(word(event, "text")):
        return Wish("mention", user, thread=thread)
    return Wish(kind, user, thread=thread, text=rest, key=key)


def read_interaction(payload: dict[str, Any], channel: str) -> Wish | None:
    """What a button or the dialogue means; None for those that are not the console's.

    Raises:
        MalformedRequest: it is no interaction.
    """
    user = word(payload, "user", "id")
    if not user or not word(payload, "type"):
        raise MalformedRequest("An interaction needs 'type' and 'user'.")
    if word(payload, "type") == "view_submission":
        if word(payload, "view", "callback_id") != CLOSE:
            return None
        reference = word(payload, "view", "private_metadata")
        agreed = word(at(payload, "view", "state", "values"), AGREED, AGREED, "value").strip()
        return Wish("close", user, reference, text=agreed)
    if word(payload, "channel", "id") != channel:
        return None
    kind = _BUTTONS.get(word(payload, "actions", 0, "action_id"))
    if kind is None:
        return None
    return Wish(
        kind,
        user,
        word(payload, "actions", 0, "value"),
        thread=word(payload, "message", "ts"),
        trigger=word(payload, "trigger_id"),
    )


def _command(text: str) -> tuple[Kind, str]:
    begin = ("!" + text[1:] if text.startswith("！") else text).lower()
    for name, kind in commands():
        if not begin.startswith(name):
            continue
        rest = text[len(name) :]
        # "!closed" is no "!close"; Chinese words need no space after them.
        if name.isascii() and rest[:1].isalnum() and rest[:1].isascii():
            continue
        return kind, _LEADING.sub("", rest).strip()
    return "reply", text
