"""Why a person is called."""

from dataclasses import dataclass
from typing import get_args

from actions.clients.handoff import Reason
from actions.handoff.slots import REASON
from actions.turn import Turn

_TITLE = "utter_intent_"
#: Intents that tell no topic of their own.
_ASKING = ("talk_to_human", "affirm")


@dataclass(frozen=True)
class Why:
    """A reason, with the intent that a person must see to if the reason is `topic`."""

    reason: Reason
    topic: str | None = None


def why(turn: Turn) -> Why:
    """Return the reason that a policy noted, else that of the latest message's intent.

    An intent with a title (`utter_intent_<intent>`) is a topic: a rule led from it to a person.
    """
    noted = turn.slot(REASON)
    if noted in get_args(Reason):
        return Why(noted)
    intent = turn.message.intent
    if intent == "complaint":
        return Why("complaint")
    if intent and intent not in _ASKING and _TITLE + intent in turn.responses:
        return Why("topic", intent)
    return Why("asked")


def explained(turn: Turn, why: Why) -> str:
    """Return the reason in words for the person who takes the ticket."""
    topic = turn.text(_TITLE + why.topic) if why.topic else ""
    return turn.text(f"utter_handoff_why_{why.reason}", topic=topic)
