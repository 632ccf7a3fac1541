"""What the customer is told of where a ticket stands."""

from datetime import datetime

from actions.clients.handoff import Ticket
from actions.formatting import clock, day, days_from_today
from actions.service_level import is_priority
from actions.turn import Turn

# What was told last; kept in the slot `handoff_told`.
WAITING = "waiting"
WAITING_ACKNOWLEDGED = "waiting_acknowledged"
ASSIGNED = "assigned"
#: Nobody is there; the customer was asked to write what it is about.
MESSAGE_WANTED = "message_wanted"
#: Nobody is there; what the customer wrote was taken, and the assistant goes on.
MESSAGE_TAKEN = "message_taken"


def tell(turn: Turn, ticket: Ticket, *, wants_message: bool) -> str:
    """Say what a ticket's state means, and return what was told.

    Args:
        turn: The run.
        ticket: As the service has it.
        wants_message: Whether the customer has yet to say what it is about.
    """
    if ticket.state == "assigned":
        turn.say("utter_handoff_joined", staff=ticket.staff or turn.text("utter_handoff_somebody"))
        return ASSIGNED
    if ticket.state == "message":
        response = "utter_handoff_closed" if wants_message else "utter_handoff_closed_passed_on"
        turn.say(response, opens=_opens(turn, ticket.opens_at))
        return MESSAGE_WANTED if wants_message else MESSAGE_TAKEN
    response = "utter_handoff_waiting_first" if is_priority(turn) else "utter_handoff_waiting"
    turn.say(response, queue=_queue(turn, ticket))
    return WAITING


def _queue(turn: Turn, ticket: Ticket) -> str:
    ahead = (ticket.position or 1) - 1
    if ahead < 1:
        return turn.text("utter_handoff_queue_next")
    if not ticket.wait_minutes:
        return turn.text("utter_handoff_queue", ahead=ahead)
    return turn.text("utter_handoff_queue_time", ahead=ahead, minutes=ticket.wait_minutes)


def _opens(turn: Turn, opens_at: datetime | None) -> str:
    if opens_at is None:
        return turn.text("utter_handoff_opens_later")
    time, days = clock(opens_at), days_from_today(opens_at)
    if days == 0:
        return turn.text("utter_handoff_opens_today", time=time)
    if days == 1:
        return turn.text("utter_handoff_opens_tomorrow", time=time)
    return turn.text("utter_handoff_opens_on", day=day(opens_at), time=time)
