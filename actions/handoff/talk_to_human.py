"""Handing over to a person."""

from actions.base import ShopAction
from actions.handoff.opening import hand_over
from actions.handoff.reasons import why
from actions.turn import Event, Turn


class ActionTalkToHuman(ShopAction):
    """Opens a ticket for the shop's people, from then on forwarded what the customer writes."""

    action_name = "action_talk_to_human"

    async def perform(self, turn: Turn) -> list[Event]:
        """Open it with the reason, and say whether somebody comes or when people are back."""
        return await hand_over(turn, why(turn))
