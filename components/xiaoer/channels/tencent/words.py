"""What is given to Rasa as the customer's text."""

from __future__ import annotations

import json
from typing import Any


def as_words(text: str) -> str:
    """Return a customer's text so that Rasa reads it as words, never as an intent or a payload.

    Rasa takes a message that begins with a slash for an intent with entities; only buttons and
    events may say such. A customer's own slash becomes the full-width one.
    """
    words = text.strip()
    return f"／{words[1:]}" if words.startswith("/") else words


def intent_message(intent: str, entities: dict[str, Any]) -> str:
    """Return `/intent{"entity": value}`, without the entities that are empty."""
    known = {name: value for name, value in entities.items() if value not in (None, "")}
    return f"/{intent}{json.dumps(known, ensure_ascii=False) if known else ''}"
