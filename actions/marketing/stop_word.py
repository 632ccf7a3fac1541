"""The one word "stop"."""

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions.base import ShopAction
from actions.handoff.slots import HANDOFF
from actions.marketing.answering import answers_outreach
from actions.marketing.unsubscribe import unsubscribe
from actions.reset import forget_task
from actions.turn import Event, Turn

_FORWARD = "action_forward_to_staff"


class ActionStopWord(ShopAction):
    """Drops the task in hand; without one, or after a marketing message, unsubscribes.

    While a person has the conversation it does both: it unsubscribes, since that must never fail,
    and the person reads the word, since it may have been meant for them.
    """

    action_name = "action_stop_word"

    async def perform(self, turn: Turn) -> list[Event]:
        """Tell by what the customer was in the middle of."""
        in_hand = (turn.tracker.active_loop or {}).get("name")
        if in_hand and not turn.slot(HANDOFF) and not answers_outreach(turn):
            turn.say("utter_cancelled")
            return [ActiveLoop(None), SlotSet("requested_slot", None), *forget_task()]
        heard = (turn.event_of_message.get("metadata") or {}).get("handed_back") or []
        if _FORWARD in heard:
            # It was said before the person was found to be gone.
            return []
        await unsubscribe(turn)
        return [FollowupAction(_FORWARD)] if turn.slot(HANDOFF) else []
