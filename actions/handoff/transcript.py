"""The conversation so far, as the person who takes a ticket reads it."""

from datetime import datetime, timezone
from typing import Any

from actions.message import is_external, plain
from actions.turn import Event, Turn

#: Most entries of a transcript, the latest ones.
MOST = 100
#: Most characters of an entry.
LONGEST = 4000


def transcript(turn: Turn) -> list[dict[str, Any]]:
    """Return what was said since the session began: `author`, `text` and `at`, in order."""
    entries: list[dict[str, Any]] = []
    seen: set[str] = set()
    for position, event in enumerate(turn.tracker.events):
        kind = event.get("event")
        if kind == "session_started":
            entries.clear()
        elif kind in ("user", "bot"):
            text = spoken(turn.tracker.events, position)
            # A message that was handed back stands twice in the tracker.
            message = str(event.get("message_id") or position)
            if text and not (kind == "user" and message in seen):
                author = "customer" if kind == "user" else "bot"
                entries.append({"author": author, "text": text, "at": _moment(event)})
            seen.add(message)
    return entries[-MOST:]


def spoken(events: list[Event], position: int) -> str:
    """Return the words of a user's or bot's event; a pressed button's are those on it.

    There are none at -1, where no message has come yet.
    """
    if position < 0:
        return ""
    event = events[position]
    text = storable(str(event.get("text") or ""))
    if event.get("event") == "bot":
        return text.strip()[:LONGEST]
    if is_external(event):
        return ""
    if text.startswith("/"):
        text = _title(events[:position], text) or text
    return plain(text)[:LONGEST]


def storable(text: str) -> str:
    """Return a text without halves of characters, which cannot be sent."""
    return text.encode("utf-8", "replace").decode()


def _title(events: list[Event], payload: str) -> str | None:
    """Return what stood on the button with that payload when it was shown last."""
    for event in reversed(events):
        for button in (event.get("data") or {}).get("buttons") or ():
            if button.get("payload") == payload:
                return str(button.get("title") or "")
    return None


def _moment(event: Event) -> str:
    stamp = float(event.get("timestamp") or 0.0)
    when = datetime.fromtimestamp(stamp, timezone.utc) if stamp else datetime.now(timezone.utc)
    return when.isoformat()
