"""What the Events API tells: messages, mentions, files.

Source: https://docs.slack.dev/apis/events-api/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xiaoer.channels.slack.incoming import Incoming, Place, harmless, intent
from xiaoer.channels.slack.places import conversation_id
from xiaoer.channels.slack.protocol.errors import MalformedRequest
from xiaoer.channels.slack.protocol.fields import at, objects, word
from xiaoer.channels.slack.protocol.mrkdwn import plain

# Other subtypes tell of edits, deletions, people who come and go, and what bots say.
_SUBTYPES = {"", "file_share", "thread_broadcast", "me_message"}


@dataclass(frozen=True)
class Reading:
    """How requests are read.

    Attributes:
        slack_channel: A channel in which every message is for the assistant.
        use_threads: Whether answers begin or go on with a thread.
        granularity: What a conversation is: of a `sender`, in a `channel`, in a `thread`.
    """

    slack_channel: str = ""
    use_threads: bool = False
    granularity: str = "sender"

    def place(self, user: str, channel: str, thread: str) -> Place:
        """Return where the answer goes."""
        return Place(channel or user, thread if self.use_threads else "", user=user)

    def conversation(self, user: str, channel: str, thread: str) -> str:
        """Return Rasa's sender id."""
        return conversation_id(self.granularity, user, channel, thread)


def read_message(body: dict[str, Any], reading: Reading) -> Incoming | None:
    """Return what a customer wrote; nothing, for an event that is no message to the assistant.

    Raises:
        MalformedRequest: It lacks what every event has.
    """
    event = body.get("event")
    event_id = word(body, "event_id")
    if not isinstance(event, dict) or not event_id:
        raise MalformedRequest("An event needs 'event' and 'event_id'.")
    if not _is_message(event) or not _is_for_us(event, reading):
        return None
    user, channel, ts = (word(event, name) for name in ("user", "channel", "ts"))
    if not user or not channel:
        return None
    if user in _bots(body):
        return None
    assistants = _mentioned(body)
    text = _text(event, assistants)
    if not text:
        return None
    thread = word(event, "thread_ts") or ts
    mention_too = channel[:1] != "D" and bool(ts)
    return Incoming(
        key=f"event:{event_id}",
        text=text,
        conversation=reading.conversation(user, channel, thread),
        place=reading.place(user, channel, thread),
        metadata={
            "out_channel": channel,
            "thread_id": thread,
            "users": assistants,
            **({"files": _files(event)} if _files(event) else {}),
        },
        message=f"{channel}:{ts}" if mention_too else "",
    )


def _is_message(event: dict[str, Any]) -> bool:
    if word(event, "type") not in ("message", "app_mention"):
        return False
    if event.get("bot_id") or event.get("hidden"):
        return False
    return word(event, "subtype") in _SUBTYPES and isinstance(event.get("subtype", ""), str)


def _is_for_us(event: dict[str, Any], reading: Reading) -> bool:
    channel = word(event, "channel")
    direct = word(event, "channel_type") == "im" or channel[:1] == "D"
    listened_to = bool(reading.slack_channel) and channel == reading.slack_channel
    return word(event, "type") == "app_mention" or direct or listened_to


def _bots(body: dict[str, Any]) -> list[str]:
    """Return the ids that the app has as a user."""
    return [
        user
        for each in objects(body, "authorizations")
        if each.get("is_bot") is True and (user := word(each, "user_id"))
    ]


def _mentioned(body: dict[str, Any]) -> list[str]:
    """Return the ids whose mention means the assistant; older envelopes do not say more."""
    older = at(body, "authed_users")
    known = older if isinstance(older, list) else []
    first = word(body, "authorizations", 0, "user_id")
    return _bots(body) or [user for user in [*known, first] if isinstance(user, str) and user]


def _text(event: dict[str, Any], assistants: list[str]) -> str:
    words = plain(word(event, "text"), without=assistants)
    if words:
        return harmless(words)
    files = _files(event)
    if files:
        first = files[0]
        return intent("slack_file", {"file_name": first["name"], "file_type": first["type"]})
    return intent("slack_mention", {}) if word(event, "type") == "app_mention" else ""


def _files(event: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"id": word(file, "id"), "name": word(file, "name"), "type": word(file, "mimetype")}
        for file in objects(event, "files")
    ]
