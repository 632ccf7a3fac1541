"""What is left when no ticket can be opened: a call-back is asked for, else the contact given."""

import logging

from actions.clients.errors import BackendError
from actions.service_level import is_priority
from actions.service_requests import MAX_TEXT
from actions.turn import Turn

logger = logging.getLogger(__name__)


async def ask_for_call_back(turn: Turn) -> None:
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
