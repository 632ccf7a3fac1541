"""Offering the survey at the end of a conversation."""

import asyncio
import logging

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.errors import BackendError
from actions.clients.feedback import Offer
from actions.feedback.survey import begin
from actions.feedback.words import words
from actions.handoff.slots import FINISHED
from actions.turn import Event, Turn

logger = logging.getLogger(__name__)

# Nobody waits longer to be asked something.
_SECONDS = 1.0


class ActionOfferFeedback(ShopAction):
    """Asks the first question after a hand-over or a farewell, if this customer is to be asked."""

    action_name = "action_offer_feedback"

    async def perform(self, turn: Turn) -> list[Event]:
        """Ask the service, which lets nobody be asked twice a day."""
        ticket = turn.slot(FINISHED)
        if not ticket and not _is_farewell_after_something(turn):
            return []
        forget = [SlotSet(FINISHED, None)]
        reference = await reference_of_offer(turn, ticket)
        return [*forget, *(begin(turn, reference) if reference else [])]


async def reference_of_offer(turn: Turn, ticket: str | None = None) -> str | None:
    """Return the reference under which answers are kept, `None` when nothing is to be asked."""
    key = turn.idempotency_key("feedback-offer")
    asking = turn.backends.feedback.offer(turn.customer, ticket, turn.language, key)
    try:
        offer = await asyncio.wait_for(asking, _SECONDS)
    except (BackendError, asyncio.TimeoutError) as error:
        logger.warning("Nobody is asked for feedback (%s).", type(error).__name__)
        offer = Offer(ask=False)
    return offer.reference if offer.ask else None


def _is_farewell_after_something(turn: Turn) -> bool:
    if turn.message.intent != "goodbye":
        return False
    intents: list[str | None] = []
    for event in turn.tracker.events:
        if event.get("event") == "session_started":
            intents.clear()
        elif event.get("event") == "user":
            intent = (event.get("parse_data") or {}).get("intent") or {}
            intents.append(intent.get("name"))
    return any(intent not in words().small_talk for intent in intents)
