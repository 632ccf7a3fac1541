"""What a conversation remembers of a hand-over, and the events that change it."""

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.forms import REQUESTED_SLOT

from actions.turn import Event, Turn

#: The reference of the ticket; while it is filled HandoffPolicy forwards what the customer writes.
HANDOFF = "handoff"
#: Why a person is called, where a policy or a rule knows.
REASON = "handoff_reason"
#: What the customer was told last of where the ticket stands.
TOLD = "handoff_told"
#: The reference of a ticket that a person has ended, until the customer was asked how it was.
FINISHED = "handoff_finished"


def begin(reference: str, told: str) -> list[Event]:
    """Return the events with which a hand-over begins."""
    return [SlotSet(HANDOFF, reference), SlotSet(TOLD, told), SlotSet(FINISHED, None)]


def end(finished: str | None = None) -> list[Event]:
    """Return the events with which it ends; `finished` is the ticket that somebody answered."""
    return [SlotSet(HANDOFF, None), SlotSet(TOLD, None), SlotSet(FINISHED, finished)]


def leave_form(turn: Turn) -> list[Event]:
    """Return the events that end the form in hand, so that it does not ask again."""
    if not (turn.tracker.active_loop or {}).get("name"):
        return []
    return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
