"""Telling the customers service what a customer wrote, beside the conversation."""

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from actions.background import beside
from actions.message import is_external, plain
from actions.turn import LANGUAGES, Event, Turn
from xiaoer.text.personal_data import mask

_LONGEST = 1000
# Rasa's own, which tell of no run of the action server.
_RASAS = ("action_listen", "action_session_start")


def note_messages(turn: Turn) -> None:
    """Tell the messages since an action last ran, masked; the service keeps what it may.

    Left out are buttons, and what opens a form or answers its questions: that holds addresses and
    the like.
    """
    if not turn.is_trusted:
        return
    for event in _written_freely(turn.tracker.events):
        told = _told(event, turn)
        if told["text"]:
            key = _key(event, turn)
            note = turn.backends.customers.note
            beside("noting a message", partial(note, turn.customer, told, key))


def _written_freely(events: list[Event]) -> Iterator[Event]:
    """Yield the messages after the last action that neither opened a form nor answered one."""
    start = 0
    for position, event in enumerate(events):
        if event.get("event") == "action" and _is_ours(str(event.get("name"))):
            start = position + 1
    form = None
    latest = None
    for position, event in enumerate(events):
        if event.get("event") == "active_loop":
            form = event.get("name")
            latest = None if form else latest
        elif event.get("event") == "user" and not is_external(event):
            if latest:
                yield latest
            latest = event if position >= start and not form else None
    if latest:
        yield latest


def _is_ours(action: str) -> bool:
    return action.startswith("action_") and action not in _RASAS


def _told(event: Event, turn: Turn) -> dict[str, Any]:
    text = str(event.get("text") or "")
    parsed = event.get("parse_data") or {}
    language = (parsed.get("language") or {}).get("code")
    sentiment = (parsed.get("sentiment") or {}).get("label")
    return {
        "text": "" if text.startswith("/") else mask(plain(text))[:_LONGEST].strip(),
        "language": language if language in LANGUAGES else turn.language,
        **({"sentiment": sentiment} if sentiment else {}),
    }


def _key(event: Event, turn: Turn) -> str:
    """Return the same key for the same message, whichever action tells of it."""
    which = str(event.get("message_id") or event.get("timestamp"))
    parts = ["message", turn.customer.channel, turn.customer.sender, which]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
