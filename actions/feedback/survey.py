"""The questions after a conversation, and how far a customer has come with them."""

from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk.events import SlotSet

from actions.clients.feedback import Feedback
from actions.turn import Event, Turn

#: Holds the survey while a question is open; ForwardingPolicy goes by it.
SLOT = "feedback"
#: In the order they are asked; one without a response in the domain is left out.
QUESTIONS = ("solved", "csat", "nps", "comment")
_RESPONSE = "utter_feedback_"


@dataclass(frozen=True)
class Survey:
    """A survey under way.

    Attributes:
        reference: The offer's, under which the answers are kept.
        question: The one that is open.
        given: The answers so far.
    """

    reference: str
    question: str
    given: Feedback

    def with_answer(self, value: bool | int | str) -> "Survey":
        """Return the survey with an answer to its question."""
        return replace(self, given=self.given.copy(update={self.question: value}))


def begin(turn: Turn, reference: str) -> list[Event]:
    """Ask the first question and return the events."""
    return ask_next(turn, Survey(reference, "", Feedback()))


def ask_next(turn: Turn, survey: Survey) -> list[Event]:
    """Ask the question after the open one, or give thanks, and return the events."""
    position = QUESTIONS.index(survey.question) + 1 if survey.question else 0
    for question in QUESTIONS[position:]:
        if _RESPONSE + question in turn.responses:
            turn.say(_RESPONSE + question)
            return [SlotSet(SLOT, _stored(replace(survey, question=question)))]
    return finish(turn, survey.given)


def finish(turn: Turn, given: Feedback) -> list[Event]:
    """Give thanks; where nothing was solved, offer a person. Return the events."""
    turn.say("utter_feedback_unsolved" if given.solved is False else "utter_feedback_thanks")
    return [SlotSet(SLOT, None)]


def under_way(turn: Turn) -> Survey | None:
    """Return the survey whose question is open, if one is."""
    stored: Any = turn.slot(SLOT)
    if not isinstance(stored, dict) or not stored.get("reference"):
        return None
    if stored.get("question") not in QUESTIONS:
        return None
    given = Feedback.parse_obj(stored.get("given") or {})
    return Survey(str(stored["reference"]), stored["question"], given)


def _stored(survey: Survey) -> dict[str, Any]:
    given = survey.given.dict(exclude_none=True)
    return {"reference": survey.reference, "question": survey.question, "given": given}
