"""A sentence: its clauses, its content and the facts in it."""

from __future__ import annotations

import re
from functools import cached_property

from xiaoer.generation.guard.reading.clause import Clause
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.quantities import DISCOUNT
from xiaoer.generation.guard.reading.sentences import sentence_key, split_clauses

_QUESTION = re.compile(r"[?？][\"')」』）]*$|(?:吗|呢|么)[。.!！]?$")
# What makes a range of two facts.
_BETWEEN = re.compile("(?<=\ufffc) ?(?:[-–—~至到]|to) ?(?=\ufffc)")


class Sentence:
    """One sentence of a text.

    Attributes:
        text: The sentence with its end punctuation.
        start: Where it begins in the text.
        facts: The facts in it, their places those in the text.
    """

    def __init__(self, text: str, start: int, facts: list[Fact]) -> None:
        self.text = text
        self.start = start
        self.facts = facts

    @cached_property
    def key(self) -> str:
        """The sentence without punctuation, blanks and capitals."""
        return sentence_key(self.text)

    @cached_property
    def template(self) -> str:
        """The key of the sentence without its facts: what is left when only they are changed."""
        pieces, end = [], 0
        for fact in self.facts:
            start = fact.start - self.start
            if start >= end:
                pieces.append(self.text[end:start])
                end = fact.end - self.start
        return "\ufffc".join(sentence_key(piece) for piece in [*pieces, self.text[end:]])

    @cached_property
    def is_question(self) -> bool:
        """Whether it asks, and so states nothing."""
        return _QUESTION.search(self.text) is not None

    @cached_property
    def masked(self) -> str:
        """The sentence with its facts blanked out, except that a discount still shows as one."""
        text = self.text
        for fact in self.facts:
            start, end = fact.start - self.start, fact.end - self.start
            tail = "" if fact.kind != DISCOUNT else " off" if fact.text.isascii() else "折"
            text = text[:start] + "\ufffc" * (end - start - len(tail)) + tail + text[end:]
        return _BETWEEN.sub(lambda match: "\ufffc" * len(match.group()), text)

    @cached_property
    def clauses(self) -> list[Clause]:
        """The clauses in order; what stands under a negation goes on to the next."""
        clauses: list[Clause] = []
        for piece in split_clauses(self.masked):
            last = clauses[-1] if clauses else None
            clauses.append(Clause(piece, last))
        return clauses

    @cached_property
    def content(self) -> list[str]:
        """Stems and character pairs that carry its meaning, facts left out."""
        return [unit for clause in self.clauses for unit in clause.content]
