"""Saying what the shop's people said and did."""

from actions.clients.handoff import Talk
from actions.turn import Turn


def say_words(turn: Turn, talk: Talk) -> None:
    """Say the words of people that the customer has not seen, as they are."""
    for words in talk.messages:
        staff = _named(turn, words.staff or talk.staff)
        # Rasa says a value called text in the place of the response: the words stay as they are,
        # whatever braces and brackets are in them.
        said = turn.text("utter_staff_says", staff=staff, text=words.text)
        turn.say("utter_staff_says", staff=staff, text=said)


def say_joined(turn: Turn, staff: str | None) -> None:
    """Say who is there now."""
    turn.say("utter_handoff_joined", staff=_named(turn, staff))


def say_ending(turn: Turn, by: str | None, agreed: str | None) -> None:
    """Say how it ended and what was agreed; who left by themselves need not be told."""
    if agreed:
        turn.say("utter_handoff_ended_agreed", agreed=agreed)
    elif by == "timeout":
        turn.say("utter_handoff_timed_out")
    elif by != "customer":
        turn.say("utter_handoff_ended")


def _named(turn: Turn, staff: str | None) -> str:
    return staff or turn.text("utter_handoff_somebody")
