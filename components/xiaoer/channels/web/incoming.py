"""What a page sends when its customer writes."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import asdict, dataclass
from typing import Any, TypeGuard

from xiaoer.channels.web.errors import Refused

_SESSION = re.compile(r"[0-9a-f]{32}")
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
# What no keyboard writes, and what PostgreSQL does not store; line ends and tabs stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MAX_METADATA = 4_000


def new_session() -> str:
    """Return the id of a new conversation: 122 random bits, which nobody can guess."""
    return uuid.uuid4().hex


def is_session(value: Any) -> TypeGuard[str]:
    """Tell whether `value` has the form of our ids."""
    return isinstance(value, str) and _SESSION.fullmatch(value) is not None


@dataclass(frozen=True)
class CustomerMessage:
    """One message of a customer.

    Attributes:
        session: The conversation.
        id: The page's name for the message, the same when it is sent again.
        text: What was written, or the payload of a pressed button.
        metadata: What the page adds.
    """

    session: str
    id: str
    text: str
    metadata: dict[str, Any]

    @property
    def key(self) -> str:
        """Name the message among all."""
        return f"{self.session}:{self.id}"

    def dumps(self) -> str:
        """Return the message as text for the inbox."""
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> CustomerMessage:
        """Return the message that `dumps` wrote."""
        return cls(**json.loads(text))


def read_message(data: Any, session: str, metadata_key: str, max_length: int) -> CustomerMessage:
    """Read the data of a message event.

    Raises:
        Refused: It is not a message, or an empty or a long one.
    """
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        raise Refused("malformed")
    given = data.get("id")
    if given is not None and not (isinstance(given, str) and _ID.fullmatch(given)):
        raise Refused("malformed")
    text = _CONTROLS.sub("", data["message"]).strip()
    if not text:
        raise Refused("empty")
    if len(text) > max_length:
        raise Refused("too_long")
    metadata = _read_metadata(data.get(metadata_key))
    return CustomerMessage(session, given or uuid.uuid4().hex, text, metadata)


def without_slash(text: str) -> str:
    """Return what a customer typed so that Rasa does not take it for an intent."""
    # Rasa strips white space before it looks, so an escape in front of the slash does not help;
    # of slashes alone, wide ones are left.
    return text.lstrip("/ \t\r\n\v\f\u00a0\u3000") or text.replace("/", "／")


def _read_metadata(given: Any) -> dict[str, Any]:
    """Return the metadata, which Rasa also takes as JSON text; what does not fit is left out."""
    try:
        if isinstance(given, str):
            given = json.loads(given)
        if not isinstance(given, dict):
            return {}
        written = _CONTROLS.sub("", json.dumps(given, ensure_ascii=False))
        written = written.replace("\\u0000", "")
        return json.loads(written) if len(written) <= _MAX_METADATA else {}
    except (TypeError, ValueError, RecursionError):
        return {}
