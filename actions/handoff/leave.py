"""Back to the assistant."""

import logging

from actions.base import ShopAction
from actions.clients.errors import BackendError
from actions.handoff.slots import HANDOFF, TOLD, end
from actions.handoff.staff_words import say_words
from actions.handoff.telling import ASSIGNED, MESSAGE_TAKEN
from actions.turn import Event, Turn

logger = logging.getLogger(__name__)


class ActionLeaveHandoff(ShopAction):
    """Ends the hand-over because the customer wants the assistant back."""

    action_name = "action_leave_handoff"

    async def perform(self, turn: Turn) -> list[Event]:
        """End it, also when the shop's people cannot be told; a message left is still answered."""
        reference = turn.slot(HANDOFF)
        if not reference or turn.slot(TOLD) == MESSAGE_TAKEN:
            turn.say("utter_here_for_you")
            return []
        answered = turn.slot(TOLD) == ASSIGNED
        try:
            key = turn.idempotency_key("handoff-leave")
            talk = await turn.backends.handoff.leave(turn.customer, key)
        except BackendError as error:
            logger.warning("That a customer left was not told (%s).", type(error).__name__)
        else:
            say_words(turn, talk)
        turn.say("utter_handoff_left")
        return end(reference if answered else None)
