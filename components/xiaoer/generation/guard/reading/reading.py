"""A text as the rules read it."""

from __future__ import annotations

from functools import cached_property, lru_cache

from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.facts import find_facts
from xiaoer.generation.guard.reading.normalising import normalise
from xiaoer.generation.guard.reading.sentence import Sentence
from xiaoer.generation.guard.reading.sentences import split_sentences


class Reading:
    """What stands in a text; each part is read when it is first asked for.

    Attributes:
        text: The text in half-width characters.
    """

    def __init__(self, text: str) -> None:
        self.text = normalise(text)

    @cached_property
    def facts(self) -> list[Fact]:
        """The facts in order."""
        return find_facts(self.text)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences in order."""
        return [
            Sentence(
                self.text[start:end],
                start,
                [fact for fact in self.facts if start <= fact.start and fact.end <= end],
            )
            for start, end in split_sentences(self.text)
        ]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The `key` of each sentence."""
        return frozenset(sentence.key for sentence in self.sentences)


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """Return the reading of `text`; passages come again with each candidate and each question."""
    return Reading(text)


def read_all(texts: tuple[str, ...]) -> list[Reading]:
    """Return the reading of each text."""
    return [read(text) for text in texts]
