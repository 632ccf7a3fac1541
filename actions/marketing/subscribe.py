"""Marketing messages again."""

from actions.base import ShopAction
from actions.marketing.noting import note
from actions.turn import Event, Turn


class ActionSubscribe(ShopAction):
    """Notes the consent to marketing of a known customer, and takes anybody off the list."""

    action_name = "action_subscribe"

    async def perform(self, turn: Turn) -> list[Event]:
        """Note it and say what it means."""
        noted = await note(turn, wanted=True)
        if noted is None:
            turn.say("utter_subscribe_failed")
        else:
            turn.say("utter_subscribed" if noted.is_known else "utter_subscribed_as_guest")
        return []
