"""A clause and what it denies."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import NamedTuple

from xiaoer.generation.guard.lexicons import Patterns, compile_any, lexicon
from xiaoer.generation.guard.reading.normalising import small
from xiaoer.generation.guard.reading.words import content_units, without_politeness

_FILE = "words.yml"
#: Auxiliaries, pronouns and the like: a clause without any is part of a list.
# 在不在 and 过没过 ask
_A_NOT_A = re.compile(r"([㐀-鿿])[不没]\1")
# unopened denies opened
_UN = re.compile(
    r"(?<![A-Za-z])un(?!ited|ified|der)(?=[a-z]{3,}(?:ed|able)(?![a-z]))", re.IGNORECASE
)
_VERBAL = re.compile(
    r"(?<![A-Za-z0-9])(?:is|are|was|were|be|been|can|could|will|would|do|does|did|has|have|had|may|might|must|should|"
    r"you|we|it|they|he|she|i|please|if|when|once|unless|because|so|then|and (?:we|you|it|the)|\w+ed)(?![A-Za-z0-9])",
    re.IGNORECASE,
)


class Clause:
    """One clause of a sentence.

    Attributes:
        text: The clause, its facts blanked out.
        plain: The same without polite phrases.
    """

    def __init__(self, text: str, previous: Clause | None) -> None:
        self.text = text
        self.plain = _UN.sub("un ", without_politeness(text))
        self._previous = previous

    @cached_property
    def _searched(self) -> str:
        text = self.plain
        if "不" in text or "没" in text:
            text = _A_NOT_A.sub("   ", text)
        return _negations().seeming.blank(text)

    @cached_property
    def _negations(self) -> list[tuple[int, int]]:
        return _negations().real.spans(self._searched)

    @cached_property
    def _local_negations(self) -> list[tuple[int, int]]:
        return _negations().local.spans(self._searched)

    @cached_property
    def is_negated(self) -> bool:
        """Whether it denies: an odd number of negations, or it goes on with a list that is denied."""
        return bool(len(self._negations) % 2) or self._goes_on

    @property
    def _goes_on(self) -> bool:
        """Whether it goes on with what the clause before denies: no cash on delivery, cheques."""
        before = self._previous
        if self._negations or before is None or not before.is_negated or not before.content:
            return False
        is_listed = re.match(r",\s*[A-Za-z]", self.text)
        return (
            bool(is_listed)
            and not _contrasts().search(small(self.plain))
            and not _VERBAL.search(self.plain)
        )

    @cached_property
    def _units(self) -> list[tuple[str, int]]:
        plain = self.plain
        for start, end in self._negations + self._local_negations:
            plain = plain[:start] + " " * (end - start) + plain[end:]
        return list(content_units(plain))

    @cached_property
    def content(self) -> list[str]:
        """The units of content, negations left out."""
        return [unit for unit, _ in self._units]

    @cached_property
    def denied(self) -> frozenset[str]:
        """The unit of content after each negation: in 不支持货到付款 it is 支持."""
        heads = []
        for _, end in self._negations + self._local_negations:
            following = [unit for unit, start in self._units if start >= end]
            heads += following[:1]
        return frozenset(heads)

    @cached_property
    def asserted(self) -> frozenset[str]:
        """The units of content that no negation stands before."""
        return frozenset(self.content) - self.denied


class _Negations(NamedTuple):
    seeming: Patterns
    real: Patterns
    local: Patterns


@cache
def _negations() -> _Negations:
    words = lexicon(_FILE)
    names = ("not_negations", "negations", "local_negations")
    return _Negations(*(Patterns(words[name], _FILE) for name in names))


@cache
def _contrasts() -> re.Pattern[str]:
    return compile_any(lexicon(_FILE)["contrasts"], _FILE, words=True)
