"""What is asked for an order: cancel, other address, return, exchange, invoice."""

from abc import abstractmethod
from typing import Any, ClassVar

from rasa_sdk.events import SlotSet

from actions.clients.errors import InvalidRequest, NotAllowed
from actions.order_action import OrderAction
from actions.turn import Event, Turn


class OrderChange(OrderAction):
    """Carries out one write, once it is confirmed and complete.

    Attributes:
        endpoint: The part of the order service that takes it.
        confirmed: Whether it needs the customer's yes.
        done: The response that says it is done.
    """

    endpoint: ClassVar[str]
    confirmed: ClassVar[bool] = True
    done: ClassVar[str]

    @abstractmethod
    def body(self, turn: Turn) -> dict[str, Any] | None:
        """Return what to send, `None` when something is still missing."""

    async def answer(self, turn: Turn, order_number: str) -> list[Event]:
        """Write and say what came of it."""
        body = self.body(turn)
        if body is None or (self.confirmed and turn.slot("confirm") is not True):
            turn.say("utter_order_left_as_is", number=order_number)
            return [SlotSet("order_outcome", "refused")]
        key = turn.idempotency_key(f"{self.endpoint}:{order_number}")
        try:
            await turn.backends.orders.change(turn.customer, order_number, self.endpoint, body, key)
        except NotAllowed as refusal:
            say_refusal(turn, order_number, refusal.reason)
            return [SlotSet("order_outcome", "refused")]
        except InvalidRequest:
            turn.say("utter_details_not_accepted", number=order_number)
            return [SlotSet("order_outcome", "refused")]
        turn.say(self.done, number=order_number)
        return [SlotSet("order_number", order_number), SlotSet("order_outcome", "ok")]


class ActionCancelOrder(OrderChange):
    """Cancels an order."""

    action_name = "action_cancel_order"
    endpoint = "cancellation"
    done = "utter_order_cancelled"

    def body(self, turn: Turn) -> dict[str, Any]:
        """Nothing more is needed."""
        return {}


class ActionChangeAddress(OrderChange):
    """Changes where an order goes."""

    action_name = "action_change_address"
    endpoint = "address"
    done = "utter_address_changed"

    def body(self, turn: Turn) -> dict[str, Any] | None:
        """The new address."""
        address = turn.slot("new_address")
        return {"address": address} if address else None


class ActionRequestReturn(OrderChange):
    """Asks to send an order back."""

    action_name = "action_request_return"
    endpoint = "returns"
    done = "utter_return_requested"

    def body(self, turn: Turn) -> dict[str, Any] | None:
        """The reason."""
        reason = turn.slot("return_reason")
        return {"reason": reason} if reason else None


class ActionRequestExchange(OrderChange):
    """Asks to have an order exchanged."""

    action_name = "action_request_exchange"
    endpoint = "exchanges"
    done = "utter_exchange_requested"

    def body(self, turn: Turn) -> dict[str, Any] | None:
        """What is wanted instead."""
        wanted = turn.slot("wanted_option")
        return {"wanted": wanted} if wanted else None


class ActionRequestInvoice(OrderChange):
    """Asks for an invoice; title and address were just given, so no yes is asked for."""

    action_name = "action_request_invoice"
    endpoint = "invoice"
    confirmed = False
    done = "utter_invoice_requested"

    def body(self, turn: Turn) -> dict[str, Any] | None:
        """Title and e-mail address."""
        title, email = turn.slot("invoice_title"), turn.slot("invoice_email")
        return {"title": title, "email": email} if title and email else None

    async def answer(self, turn: Turn, order_number: str) -> list[Event]:
        """Write; the e-mail address is then forgotten."""
        return [
            SlotSet("invoice_title", None),
            SlotSet("invoice_email", None),
            *await super().answer(turn, order_number),
        ]


def say_refusal(turn: Turn, order_number: str, reason: str) -> None:
    """Tell the customer why an order does not allow what was asked."""
    name = f"utter_refused_{reason}"
    known = name in turn.responses
    turn.say(name if known else "utter_refused_other", number=order_number)
