"""What the hand-over service lets the assistant know: a person is there, or has finished."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import ShopAction
from actions.handoff.slots import HANDOFF, TOLD, begin, end, leave_form
from actions.handoff.staff_words import say_ending, say_joined
from actions.handoff.telling import (
    ASSIGNED,
    MESSAGE_TAKEN,
    WAITING,
    WAITING_ACKNOWLEDGED,
)
from actions.turn import Event, Turn

# A customer's own words that were taken for the service's: the classifier knows its intents too.
_NOT_UNDERSTOOD = FollowupAction("action_fallback_reply")


class ActionHandoffJoined(ShopAction):
    """Says who has taken the conversation; the assistant is silent from here on."""

    action_name = "action_handoff_joined"

    async def perform(self, turn: Turn) -> list[Event]:
        """Say it unless the customer knows."""
        if not turn.message_is_external:
            return [_NOT_UNDERSTOOD]
        reference = turn.message.value("reference") or turn.slot(HANDOFF)
        if not reference:
            return []
        say_joined(turn, turn.message.value("staff"))
        return [*begin(reference, ASSIGNED), *leave_form(turn)]


class ActionHandoffEnded(ShopAction):
    """Says how the hand-over ended and what was agreed, and takes the conversation back."""

    action_name = "action_handoff_ended"

    async def perform(self, turn: Turn) -> list[Event]:
        """Say it, unless the customer was told already."""
        if not turn.message_is_external:
            return [_NOT_UNDERSTOOD]
        reference = turn.slot(HANDOFF)
        # A customer may have asked for a person again before word of the last one's end came.
        ended = turn.message.value("reference") or reference
        if not reference or ended != reference:
            return []
        by = turn.message.value("by")
        if by == "timeout" and turn.slot(TOLD) in (WAITING, WAITING_ACKNOWLEDGED):
            turn.say("utter_handoff_nobody_came")
            return [SlotSet(TOLD, MESSAGE_TAKEN)]
        say_ending(turn, by, turn.message.value("agreed"))
        answered = turn.slot(TOLD) == ASSIGNED or by == "staff"
        return end(reference if answered else None)
