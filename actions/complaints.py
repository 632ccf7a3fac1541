"""Complaints."""

from functools import partial

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.errors import InvalidRequest, NotVerified
from actions.handoff.opening import open_ticket
from actions.handoff.reasons import Why
from actions.handoff.slots import begin
from actions.handoff.telling import tell
from actions.order_action import ended_early
from actions.order_number import read_order_number
from actions.service_level import is_priority
from actions.service_requests import MAX_TEXT
from actions.turn import Event, Turn


class ActionFileComplaint(ShopAction):
    """Files what `complaint_form` took down, gives its reference, and calls a person."""

    action_name = "action_file_complaint"
    outcome_slot = "order_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """File it, with the order's number when the customer may see that order."""
        if ended_early(turn):
            return []
        text = turn.slot("complaint_text")
        if not text:
            turn.say("utter_complaint_missing")
            return [SlotSet("order_outcome", "refused")]
        request = partial(turn.backends.orders.service_request, priority=is_priority(turn))
        content = str(text)[:MAX_TEXT]
        number = read_order_number(turn.slot("order_number"))
        try:
            filed = await request(
                turn.customer, "complaint", content, number, turn.idempotency_key("complaint")
            )
        except (NotVerified, InvalidRequest):
            # Without the order it is still a complaint.
            key = turn.idempotency_key("complaint-without-order")
            filed = await request(turn.customer, "complaint", content, None, key)
        turn.say("utter_complaint_filed", reference=filed.reference)
        return [
            SlotSet("complaint_text", None),
            SlotSet("order_outcome", "ok"),
            *await self._hand_over(turn, content),
        ]

    async def _hand_over(self, turn: Turn, content: str) -> list[Event]:
        """Let a person see to it at once; where none can be called it is filed all the same."""
        ticket = await open_ticket(turn, Why("complaint"), content)
        if ticket is None:
            return []
        return begin(ticket.reference, tell(turn, ticket, wants_message=False))
