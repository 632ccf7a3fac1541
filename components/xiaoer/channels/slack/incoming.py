"""One thing that a customer said or did, as it is kept until it has been handled."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where the answer goes.

    Attributes:
        channel: Id of a channel or of a user, whose direct messages are meant.
        thread: `ts` of the thread's first message; nothing outside threads.
        response_url: Where answers go that only the customer sees, for half an hour.
        user: The customer's id, for what the place no longer takes.
    """

    channel: str
    thread: str = ""
    response_url: str = ""
    user: str = ""


@dataclass(frozen=True)
class Pressed:
    """A button or menu of ours that was used.

    Attributes:
        channel: Where its message stands.
        ts: Which message that is.
        block: Id of the block that the button is in.
        title: What was chosen.
        message: The message as Slack has it.
        response_url: By which a message that only the customer sees is changed.
    """

    channel: str
    ts: str
    block: str
    title: str
    message: dict[str, Any]
    response_url: str = ""


@dataclass(frozen=True)
class Incoming:
    """What Rasa is to handle.

    Attributes:
        key: The same for each delivery of the same thing, and for nothing else.
        text: The customer's words, or the payload of an intent.
        conversation: Rasa's sender id.
        place: Where the answer goes.
        metadata: For Rasa's message; `out_channel`, `thread_id` and `users` as in Rasa's own.
        pressed: Set when a button of ours is to be shown as pressed.
        message: (channel, ts) of a message that Slack may also tell as a mention, else nothing.
    """

    key: str
    text: str
    conversation: str
    place: Place
    metadata: dict[str, Any] = field(default_factory=dict)
    pressed: Pressed | None = None
    message: str = ""

    def packed(self) -> str:
        """Return it as JSON, without what is only of use at once."""
        kept = asdict(self)
        del kept["pressed"], kept["message"]
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def unpacked(cls, packed: str) -> Incoming:
        """Return what `packed` packed."""
        kept = json.loads(packed)
        return cls(**{**kept, "place": Place(**kept["place"])})


def intent(name: str, entities: dict[str, str]) -> str:
    """Return the payload of an intent with entities.

    Rasa's pattern ends at the first brace, so that braces in values are written in another way.
    """
    escaped = {
        key: json.dumps(value).replace("{", "\\u007b").replace("}", "\\u007d")
        for key, value in entities.items()
        if value
    }
    inside = ", ".join(f"{json.dumps(key)}: {value}" for key, value in escaped.items())
    return f"/{name}{{{inside}}}" if inside else f"/{name}"


def harmless(text: str) -> str:
    """Return text that Rasa does not take for an intent, which is what begins with a slash.

    Only what the assistant's own buttons carry may name an intent.
    """
    text = text.strip()
    words = text.lstrip("/").lstrip()
    while words.startswith("/"):
        words = words.lstrip("/").lstrip()
    return words if words else text.replace("/", "／")
