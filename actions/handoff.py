"""Handing over to a person."""

import logging

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.errors import BackendError
from actions.service_level import is_priority
from actions.service_requests import MAX_TEXT
from actions.turn import Event, Turn

logger = logging.getLogger(__name__)


class ActionTalkToHuman(ShopAction):
    """Says how to reach a person, and asks the shop's people to call back."""

    action_name = "action_talk_to_human"

    async def perform(self, turn: Turn) -> list[Event]:
        """Give the contact in any case, and the reference when the request could be filed."""
        await ask_for_person(turn)
        return [SlotSet("failures", 0.0)]


async def ask_for_person(turn: Turn) -> None:
    """File a call-back and say its reference; say how to reach a person where that fails.

    A priority customer's is filed as such, and they are told.
    """
    first = is_priority(turn)
    text = turn.message.words or turn.text("utter_button_human")
    try:
        filed = await turn.backends.orders.service_request(
            turn.customer,
            "callback",
            text[:MAX_TEXT],
            None,
            turn.idempotency_key("callback"),
            priority=first,
        )
    except BackendError as error:
        logger.warning("a call-back was not filed: %s", type(error).__name__)
        turn.say("utter_human_contact")
    else:
        response = "utter_human_requested_first" if first else "utter_human_requested"
        turn.say(response, reference=filed.reference)
