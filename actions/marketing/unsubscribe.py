"""No more marketing messages."""

from actions.base import ShopAction
from actions.marketing.noting import note
from actions.turn import Event, Turn


class ActionUnsubscribe(ShopAction):
    """Withdraws the consent to marketing, of unknown senders too, and says how to come back."""

    action_name = "action_unsubscribe"

    async def perform(self, turn: Turn) -> list[Event]:
        """Note it and confirm; never confirm what was not noted."""
        await unsubscribe(turn)
        return []


async def unsubscribe(turn: Turn) -> None:
    """Note that the customer wants no marketing messages, and tell them whether it is noted."""
    noted = await note(turn, wanted=False)
    turn.say("utter_unsubscribe_failed" if noted is None else "utter_unsubscribed")
