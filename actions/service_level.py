"""How the customer is served: asked once a conversation, and remembered in slots."""

import asyncio
import logging

from rasa_sdk.events import SlotSet

from actions.clients.customers import ServiceLevel
from actions.clients.errors import BackendError
from actions.turn import Event, Turn

logger = logging.getLogger(__name__)

PRIORITY, TONE = "priority", "tone"
#: Tones that responses have variations for.
TONES = ("plain", "warm")


async def learn_service_level(turn: Turn) -> list[Event]:
    """Ask for the level unless this conversation knows it, and return the events that keep it.

    The turn's slots have it at once. What cannot be learned is the standard until the next
    conversation.
    """
    if not turn.is_trusted or _is_known(turn):
        return []
    level = await _ask(turn)
    tone = level.tone if level.tone in TONES else TONES[0]
    turn.tracker.slots.update({PRIORITY: level.priority, TONE: tone})
    return [SlotSet(PRIORITY, level.priority), SlotSet(TONE, tone)]


def is_priority(turn: Turn) -> bool:
    """Whether people see to this customer first."""
    return turn.is_trusted and bool(turn.slot(PRIORITY))


async def _ask(turn: Turn) -> ServiceLevel:
    try:
        return await asyncio.wait_for(
            turn.backends.customers.service_level(turn.customer),
            turn.backends.settings.level_timeout,
        )
    except (BackendError, asyncio.TimeoutError) as error:
        logger.warning("The service level was not learned (%s).", type(error).__name__)
        return ServiceLevel()


def _is_known(turn: Turn) -> bool:
    """Whether the slot was set since the session's first message, and not only carried over."""
    known = False
    for event in reversed(turn.tracker.events):
        kind = event.get("event")
        if kind == "session_started":
            return False
        if kind == "slot" and event.get("name") == TONE:
            known = True
        elif kind == "user" and known:
            return True
    return False
