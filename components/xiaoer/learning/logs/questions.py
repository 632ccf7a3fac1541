"""Different questions with their counts and answers, in bounded memory.

What is kept when there is no room for all follows lossy counting: whenever twice as many are held
as may be, the rarest go (G. S. Manku, R. Motwani, "Approximate Frequency Counts over Data Streams",
VLDB 2002, section 4.2). What was asked often is never lost, and what went is counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from xiaoer.learning.logs.cleaning import key_of

_MOST_WORDINGS, _MOST_ANSWERS = 3, 6


@dataclass
class Question:
    """One question, however it was punctuated, and whatever number stood in it.

    Attributes:
        count: How often it was asked.
        wordings: How it was written, with counts; the first ones.
        answers: What agents answered, with counts; the first ones.
    """

    count: int = 0
    wordings: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def text(self) -> str:
        """The commonest wording, of equally common ones the first in the alphabet."""
        return min(self.wordings, key=lambda text: (-self.wordings[text], text))


class Questions:
    """Collects questions.

    Args:
        most: How many different ones may be kept.

    Attributes:
        lost: How many messages were counted in questions that went for want of room.
    """

    def __init__(self, most: int) -> None:
        self.lost = 0
        self._most = most
        self._held: dict[str, Question] = {}

    def add(self, text: str) -> str:
        """Count a question and return its key."""
        key = key_of(text)
        question = self._held.get(key)
        if question is None:
            if len(self._held) >= 2 * self._most:
                self._forget()
            question = self._held[key] = Question()
        question.count += 1
        if text in question.wordings or len(question.wordings) < _MOST_WORDINGS:
            question.wordings[text] += 1
        return key

    def answer(self, key: str, text: str) -> None:
        """Note what was answered to the question of that key, if it is still held."""
        question = self._held.get(key)
        if question is not None and (
            text in question.answers or len(question.answers) < _MOST_ANSWERS
        ):
            question.answers[text] += 1

    def all(self) -> list[Question]:
        """Return the questions, the most frequent first, no more than may be kept."""
        if len(self._held) > self._most:
            self._forget()
        return [self._held[key] for key in sorted(self._held, key=self._order)]

    def _order(self, key: str) -> tuple[int, str]:
        return -self._held[key].count, key

    def _forget(self) -> None:
        order = sorted(self._held, key=self._order)
        for key in order[self._most :]:
            self.lost += self._held.pop(key).count
