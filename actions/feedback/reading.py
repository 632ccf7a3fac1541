"""Reading a message as the answer to a question of the survey."""

from enum import Enum

from actions.feedback.words import Words, words
from actions.message import Message

#: Longest comment that is kept, in characters.
LONGEST_COMMENT = 1000
# From this confidence on a message is taken for what its intent says rather than for a comment.
_SURE = 0.7
_RANGES = {"csat": range(1, 6), "nps": range(11)}


class Said(Enum):
    """What is said instead of an answer."""

    SKIP = "skip"
    STOP = "stop"
    SOMETHING_ELSE = "something else"


Answer = bool | int | str | Said


def read(message: Message, question: str) -> Answer:
    """Return the answer to a question: yes or no, a number, a comment, or that it is none.

    A pressed button carries its answer as the entity `answer`.
    """
    known = words()
    text = message.value("answer") if message.is_payload else message.words
    if not text:
        return _read_intent(message, question)
    if question != "comment":
        answer = _closed(known, question, text)
        if answer is not None:
            return answer
    if known.skips(text):
        return Said.SKIP
    if known.stops(text):
        return Said.STOP
    if question == "comment" and _is_comment(known, message):
        return text[:LONGEST_COMMENT]
    return _read_intent(message, question)


def _closed(known: Words, question: str, text: str) -> bool | int | None:
    """Return the answer to a question that has a choice of answers."""
    answer = known.answer(question, text)
    if question == "solved":
        return None if answer is None else answer == "yes"
    number = int(answer) if answer is not None else known.number(text)
    return number if number is not None and number in _RANGES[question] else None


def _read_intent(message: Message, question: str) -> Answer:
    if message.intent in ("affirm", "deny") and question == "solved":
        return message.intent == "affirm"
    if message.intent == "deny":
        return Said.SKIP
    return Said.STOP if message.intent in ("stop", "stop_word") else Said.SOMETHING_ELSE


def _is_comment(known: Words, message: Message) -> bool:
    if message.is_payload:
        return False
    return message.intent in known.comment_intents or message.confidence < _SURE
