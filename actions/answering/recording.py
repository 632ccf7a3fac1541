"""Telling the review service of fallbacks, and of what the customer did next."""

import asyncio
import logging
import math
from typing import Any

from rasa_sdk.events import SlotSet

from actions.answering.writing import Written
from actions.background import beside
from actions.clients.errors import BackendError
from actions.clients.knowledge import KnowledgeAnswer
from actions.message import is_external, plain
from actions.turn import Event, Turn
from xiaoer.text.personal_data import mask

logger = logging.getLogger(__name__)

SLOT = "fallback_reference"
ACTION = "action_fallback_reply"
_SECONDS = 0.5
_LONGEST = 1000
_LONGEST_PIECE = 200


async def record(
    turn: Turn,
    outcome: str,
    said: str,
    found: KnowledgeAnswer | None,
    written: Written,
    milliseconds: int,
) -> list[Event]:
    """Write a fallback down, masked, and return the event that remembers its reference."""
    told = {
        "language": turn.language,
        "question": _masked(turn.message.words or turn.message.raw) or "?",
        "outcome": outcome,
        "said": _masked(said, 2 * _LONGEST),
        "passages": [
            {"article": hit.id, "language": hit.language, "score": min(max(hit.score, 0.0), 1.0)}
            for hit in (found.items if found else [])
        ],
        "candidates": [
            _verdict(candidate, objections) for candidate, objections in written.verdicts
        ],
        "generator": written.generator,
        "milliseconds": milliseconds,
    }
    try:
        accepted = await asyncio.wait_for(
            turn.backends.review.fallback(turn.customer, told, turn.idempotency_key("fallback")),
            _SECONDS,
        )
    except (BackendError, asyncio.TimeoutError) as error:
        logger.warning("A fallback was not written down (%s).", type(error).__name__)
        return [SlotSet(SLOT, None)]
    return [SlotSet(SLOT, accepted.reference)]


def follow_up(turn: Turn) -> list[Event]:
    """Tell, beside the conversation, what came after the last fallback, once something has."""
    reference = turn.slot(SLOT)
    if not reference:
        return []
    following = _message_after_fallback(turn)
    if following is None:
        return []
    text = str(following.get("text") or "")
    intent = ((following.get("parse_data") or {}).get("intent") or {}).get("name")
    told = {
        "act": "button" if text.startswith("/") else "message",
        "text": _masked(plain(text)) or None,
        "intent": str(intent)[:80] if intent else None,
    }
    review = turn.backends.review
    beside(
        "telling what followed a fallback",
        lambda: review.following(turn.customer, str(reference), told),
    )
    return [SlotSet(SLOT, None)]


def _message_after_fallback(turn: Turn) -> dict[str, Any] | None:
    """Return the first message after the last fallback; None while there is none."""
    following = None
    for event in reversed(turn.tracker.events):
        if event.get("event") == "user" and not is_external(event):
            following = event
        elif event.get("event") == "action" and event.get("name") == ACTION:
            return following
    return None


def _verdict(candidate: Any, objections: Any) -> dict[str, Any]:
    return {
        "text": _masked(candidate.text),
        "score": None if math.isnan(candidate.score) else candidate.score,
        "objections": [
            {"rule": each.rule[:80], "what": _masked(each.what, _LONGEST_PIECE)}
            for each in objections
        ],
    }


def _masked(text: str, longest: int = _LONGEST) -> str:
    return mask("\n".join(filter(None, map(plain, text.splitlines()))))[:longest].strip()
