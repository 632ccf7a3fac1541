"""What customers do without writing: buttons, menus, dialogues, shortcuts, slash commands.

Source: https://docs.slack.dev/reference/interaction-payloads/
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from xiaoer.channels.slack.blocks import OURS
from xiaoer.channels.slack.events import Reading
from xiaoer.channels.slack.incoming import Incoming, Place, Pressed, harmless, intent
from xiaoer.channels.slack.protocol.errors import MalformedRequest
from xiaoer.channels.slack.protocol.fields import at, objects, word
from xiaoer.channels.slack.protocol.mrkdwn import plain, unescape

logger = logging.getLogger(__name__)

# Where each kind of control has its value.
_VALUES: Mapping[str, tuple[str | int, ...]] = {
    "button": ("value",),
    "select": ("selected_options", 0, "value"),
    "static_select": ("selected_option", "value"),
    "external_select": ("selected_option", "value"),
    "overflow": ("selected_option", "value"),
    "radio_buttons": ("selected_option", "value"),
    "conversations_select": ("selected_conversation",),
    "users_select": ("selected_user",),
    "channels_select": ("selected_channel",),
    "datepicker": ("selected_date",),
    "timepicker": ("selected_time",),
}
_SEVERAL: Mapping[str, tuple[str, str]] = {
    "multi_static_select": ("selected_options", "value"),
    "multi_external_select": ("selected_options", "value"),
    "checkboxes": ("selected_options", "value"),
    "multi_users_select": ("selected_users", ""),
    "multi_conversations_select": ("selected_conversations", ""),
    "multi_channels_select": ("selected_channels", ""),
}
# What customers typed themselves may name no intent.
_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}


def read_interaction(payload: dict[str, Any], reading: Reading) -> Incoming | None:
    """Return what an interaction means; nothing, for one that only wants to be acknowledged.

    Raises:
        MalformedRequest: It lacks what every interaction has.
    """
    kind, user = word(payload, "type"), word(payload, "user", "id")
    if not kind or not user:
        raise MalformedRequest("An interaction needs 'type' and 'user'.")
    if kind in ("block_actions", "interactive_message"):
        return _action(payload, user, reading)
    if kind == "view_submission":
        callback = word(payload, "view", "callback_id")
        values = json.dumps(at(payload, "view", "state", "values") or {}, ensure_ascii=False)
        text = intent("slack_view", {"callback": callback, "values": values})
    elif kind in ("shortcut", "message_action"):
        text = intent("slack_shortcut", {"callback": word(payload, "callback_id")})
    else:
        logger.debug("Slack: an interaction of type %s is acknowledged, no more.", kind)
        return None
    return _incoming(payload, user, text, reading, _key(payload))


def read_command(form: Mapping[str, str], reading: Reading) -> Incoming:
    """Return what follows a slash command; alone it is the intent `slack_command`.

    Raises:
        MalformedRequest: It lacks what every command has.
    """
    command, user = form.get("command", ""), form.get("user_id", "")
    channel, answers = form.get("channel_id", ""), form.get("response_url", "")
    if not command or not user:
        raise MalformedRequest("A command needs 'command' and 'user_id'.")
    words = plain(form.get("text", ""))
    text = harmless(words) if words else intent("slack_command", {"command": command})
    trigger = form.get("trigger_id", "") or _digest(form)
    return Incoming(
        key=f"command:{trigger}",
        text=text,
        conversation=reading.conversation(user, channel, ""),
        place=Place(channel or user, response_url=answers, user=user),
        metadata={
            "out_channel": channel,
            "thread_id": None,
            "users": [],
            "command": command,
            "trigger_id": trigger,
        },
    )


def _action(payload: dict[str, Any], user: str, reading: Reading) -> Incoming | None:
    actions = objects(payload, "actions")
    if not actions:
        raise MalformedRequest("An interaction of this type needs 'actions'.")
    action = actions[0]
    text = _meaning(action)
    if not text:
        logger.debug("Slack: the use of a %s says nothing.", word(action, "type"))
        return None
    pressed = _pressed(payload, action)
    # Buttons of ours are there for one answer: a second press comes from before they went.
    key = (
        f"press:{pressed.channel}:{pressed.ts}:{pressed.block.rstrip('0123456789')}"
        if pressed
        else _key(payload)
    )
    return _incoming(payload, user, text, reading, key, pressed)


def _meaning(action: dict[str, Any]) -> str:
    """Return the text or payload of a control; empty for a link, or a menu that was emptied."""
    kind = word(action, "type")
    if kind in _VALUES:
        return word(action, *_VALUES[kind])
    if kind in _SEVERAL:
        name, key = _SEVERAL[kind]
        chosen = at(action, name) or []
        values = [word(each, key) if key else each for each in chosen] if chosen else []
        values = [value for value in values if isinstance(value, str) and value]
        return values[0] if len(values) == 1 else harmless(", ".join(values))
    if kind in _TYPED:
        return harmless(word(action, "value"))
    if kind == "datetimepicker":
        return str(at(action, "selected_date_time") or "")
    return ""


def _pressed(payload: dict[str, Any], action: dict[str, Any]) -> Pressed | None:
    block = word(action, "block_id")
    ts = word(payload, "message", "ts") or word(payload, "container", "message_ts")
    message = at(payload, "message")
    ephemeral = at(payload, "container", "is_ephemeral") is True
    if not block.startswith(OURS) or not ts or not (ephemeral or isinstance(message, dict)):
        return None
    title = word(action, "text", "text") or word(action, "selected_option", "text", "text")
    return Pressed(
        channel=word(payload, "channel", "id") or word(payload, "container", "channel_id"),
        ts=ts,
        block=block,
        title=unescape(title),
        message=message if isinstance(message, dict) else {},
        response_url=word(payload, "response_url") if ephemeral else "",
    )


def _incoming(
    payload: dict[str, Any],
    user: str,
    text: str,
    reading: Reading,
    key: str,
    pressed: Pressed | None = None,
) -> Incoming:
    channel = word(payload, "channel", "id") or word(payload, "container", "channel_id")
    message = at(payload, "message")
    thread = word(message, "thread_ts") or word(message, "ts")
    place = reading.place(user, channel, thread)
    if at(payload, "container", "is_ephemeral") is True:
        place = Place(channel or user, response_url=word(payload, "response_url"), user=user)
    return Incoming(
        key=key,
        text=text,
        conversation=reading.conversation(user, channel, thread),
        place=place,
        metadata={
            "out_channel": channel or None,
            "thread_id": thread or None,
            "users": [user],
            "trigger_id": word(payload, "trigger_id"),
        },
        pressed=pressed,
    )


def _key(payload: dict[str, Any]) -> str:
    return f"interaction:{word(payload, 'trigger_id') or _digest(payload)}"


def _digest(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
