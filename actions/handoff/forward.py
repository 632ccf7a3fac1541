"""What the customer writes while a person has the conversation."""

import logging

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.errors import BackendError
from actions.clients.handoff import Talk
from actions.handing_back import hand_back
from actions.handoff.slots import HANDOFF, TOLD, end
from actions.handoff.staff_words import say_ending, say_joined, say_words
from actions.handoff.telling import (
    ASSIGNED,
    MESSAGE_TAKEN,
    MESSAGE_WANTED,
    WAITING_ACKNOWLEDGED,
)
from actions.handoff.transcript import LONGEST, spoken, storable
from actions.turn import Event, Turn

logger = logging.getLogger(__name__)


class ActionForwardToStaff(ShopAction):
    """Gives the message to the shop's people, and says what they said meanwhile.

    HandoffPolicy predicts it for each message while the slot `handoff` is filled. The assistant
    itself says no more than is needed to know where the message went. When nobody has the
    conversation any more the message is handed back to it.
    """

    action_name = "action_forward_to_staff"

    async def perform(self, turn: Turn) -> list[Event]:
        """Forward the message and go by where the talk stands."""
        said = spoken(turn.tracker.events, turn.position_of_message)
        text = said or storable(turn.message.raw)
        key = turn.idempotency_key("handoff-message")
        try:
            talk = await turn.backends.handoff.say(turn.customer, text[:LONGEST], key)
        except BackendError as error:
            logger.warning("A message was not forwarded (%s).", type(error).__name__)
            turn.say("utter_handoff_unreachable")
            return []
        say_words(turn, talk)
        if talk.state in ("none", "ended"):
            if talk.ended:
                say_ending(turn, talk.ended.by, talk.ended.agreed)
            return hand_back(turn, self.action_name, *end(_answered(turn, talk)))
        changed = SlotSet(HANDOFF, talk.reference or turn.slot(HANDOFF))
        if talk.state == "message":
            return self._left(turn, changed)
        if talk.state == "assigned":
            return [changed, *self._answered_by(turn, talk)]
        return [changed, *self._waiting(turn)]

    def _waiting(self, turn: Turn) -> list[Event]:
        """Say once that the message has arrived; then wait without a word."""
        if turn.slot(TOLD) == WAITING_ACKNOWLEDGED:
            return []
        turn.say("utter_handoff_waiting_acknowledged")
        return [SlotSet(TOLD, WAITING_ACKNOWLEDGED)]

    def _answered_by(self, turn: Turn, talk: Talk) -> list[Event]:
        """Say once who it is, unless their own words have said so."""
        if turn.slot(TOLD) != ASSIGNED and not talk.messages:
            say_joined(turn, talk.staff)
        return [SlotSet(TOLD, ASSIGNED)]

    def _left(self, turn: Turn, changed: Event) -> list[Event]:
        """Say once that the message was taken down; the next ones are the assistant's again."""
        told = turn.slot(TOLD)
        if told == MESSAGE_TAKEN:
            return hand_back(turn, self.action_name, changed)
        # From any other state it came to this one because nobody took the ticket in time.
        wanted = told == MESSAGE_WANTED
        turn.say("utter_handoff_message_taken" if wanted else "utter_handoff_nobody_came")
        return [changed, SlotSet(TOLD, MESSAGE_TAKEN)]


def _answered(turn: Turn, talk: Talk) -> str | None:
    """Return the ticket's reference if somebody had answered it."""
    if talk.state != "ended" or not (talk.staff or talk.messages or turn.slot(TOLD) == ASSIGNED):
        return None
    return talk.reference or turn.slot(HANDOFF)
