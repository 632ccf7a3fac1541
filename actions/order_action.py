"""The base of the actions that need one order."""

from abc import abstractmethod

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.errors import NotVerified
from actions.order_number import read_order_number
from actions.turn import Event, Turn

#: Slots that an order's form filled and that must not linger.
_SPENT = ("confirm", "phone_last4", "new_address", "return_reason", "wanted_option")

#: Outcomes with which a validator ends its form after telling the customer why.
_TOLD = ("refused", "not_verified", "locked", "unavailable")


class OrderAction(ShopAction):
    """Runs after a form has found out which order, or by itself when the order is known.

    When the form ended early its validator has told the customer why and this action says
    nothing more; when no order is known it says how to give one.
    """

    outcome_slot = "order_outcome"

    @abstractmethod
    async def answer(self, turn: Turn, order_number: str) -> list[Event]:
        """Tell of, or change, the order, and return the events.

        Raises:
            NotVerified: The customer may not see the order.
        """

    async def perform(self, turn: Turn) -> list[Event]:
        """Find the order's number and answer."""
        if ended_early(turn):
            return forget_answers()
        number = read_order_number(turn.message.value("order_number") or turn.slot("order_number"))
        if number is None:
            turn.say("utter_order_number_needed")
            return [*forget_answers(), SlotSet("order_outcome", "not_verified")]
        try:
            return [*forget_answers(), *await self.answer(turn, number)]
        except NotVerified:
            turn.say("utter_order_not_verified")
            return [
                *forget_answers(),
                SlotSet("order_number", None),
                SlotSet("order_outcome", "not_verified"),
            ]

    def when_unavailable(self) -> list[Event]:
        """Also forget what was confirmed: it must be confirmed anew."""
        return [*forget_answers(), *super().when_unavailable()]


def ended_early(turn: Turn) -> bool:
    """Whether a validator has given up its form since the latest message, saying why."""
    outcomes = [
        event.get("value")
        for event in turn.events_since_message()
        if event.get("event") == "slot" and event.get("name") == "order_outcome"
    ]
    return bool(outcomes) and outcomes[-1] in _TOLD


def forget_answers() -> list[Event]:
    """Return the events that empty what a form had asked for."""
    return [SlotSet(name, None) for name in _SPENT]
