"""Forgetting an abandoned task."""

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.order_action import forget_answers
from actions.turn import Event, Turn


class ActionResetTask(ShopAction):
    """Empties what an abandoned form had asked for; which order it was stays known."""

    action_name = "action_reset_task"

    async def perform(self, turn: Turn) -> list[Event]:
        """Say nothing; the rule that calls this does."""
        return forget_task()


def forget_task() -> list[Event]:
    """Return the events that empty it."""
    more = ("invoice_title", "invoice_email", "complaint_text")
    return [*forget_answers(), *(SlotSet(name, None) for name in more)]
