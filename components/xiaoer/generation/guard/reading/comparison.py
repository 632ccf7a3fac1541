"""Facts of a reply beside those of its evidence: whether they are there, and in the same place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise

from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.reading import Reading
from xiaoer.generation.guard.reading.sentence import Sentence
from xiaoer.generation.guard.reading.words import function_words, stem

_WINDOW = 12
_TOKEN = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\ufffc+|[^\s\w]|[^\s\x00-\x7f]|[0-9]+")
#: How much likelier another place must be before a fact counts as moved there.
_CLEARLY = 1.1


Same = Callable[[Fact, Fact], bool]


def equal(said: Fact, proof: Fact) -> bool:
    """Whether two facts of one kind have one value."""
    return said.value == proof.value


def stands_in(fact: Fact, readings: Iterable[Reading], same: Same = equal) -> bool:
    """Whether a fact of the same kind in `readings` says the same."""
    return any(
        fact.kind == proof.kind and same(fact, proof)
        for reading in readings
        for proof in reading.facts
    )


def is_moved(fact: Fact, reply: Reading, evidence: Iterable[Reading], same: Same = equal) -> bool:
    """Whether the evidence says another value where the reply says `fact`.

    Each value of the evidence has words around it. If those around another value are clearly liker
    to those in the reply than those around the same value, then the reply has moved it: of
    "free from 99 yuan, below that it costs 10" it made "free from 10 yuan".

    Args:
        fact: A fact of the reply whose value stands somewhere in the evidence.
        reply: The reply.
        evidence: What it rests on.
        same: Whether a fact of the reply and one of the evidence say the same.
    """
    around = _surroundings(reply, fact)
    here = elsewhere = 0.0
    for reading in evidence:
        for candidate in reading.facts:
            if candidate.kind != fact.kind:
                continue
            likeness = _likeness(around, _surroundings(reading, candidate))
            if same(fact, candidate):
                here = max(here, likeness)
            else:
                elsewhere = max(elsewhere, likeness)
    return elsewhere > here * _CLEARLY


def is_exchanged(
    fact: Fact, reply: Reading, evidence: Iterable[Reading], same: Same = equal
) -> bool:
    """Whether sentences of the evidence are that of `fact` word for word, with other facts there.

    Args:
        fact: A fact of the reply.
        reply: The reply.
        evidence: What it rests on.
        same: Whether a fact of the reply and one of the evidence say the same.
    """
    found = _places(reply).get(fact)
    if found is None:
        return False
    sentence, place = found
    alike = [
        one
        for reading in evidence
        for one in reading.sentences
        if one.template == sentence.template
    ]
    # The ends of 9 to 9 are one fact, those of 5 to 9 two.
    return bool(alike) and not any(
        len(one.facts) == len(sentence.facts)
        and one.facts[place].kind == fact.kind
        and same(fact, one.facts[place])
        for one in alike
    )


def is_mispaired(
    fact: Fact, reply: Reading, evidence: Iterable[Reading], same: Same = equal
) -> bool:
    """Whether `fact` ends a range that the evidence has not: 3–3 of 1–3, though 3 is there.

    Args:
        fact: A fact of the reply.
        reply: The reply.
        evidence: What it rests on.
        same: Whether a fact of the reply and one of the evidence say the same.
    """
    ranges = [one for reading in evidence for one in _ranges(reading)]
    return any(
        fact == last
        and not any(
            low.kind == first.kind and same(first, low) and same(last, high) for low, high in ranges
        )
        for first, last in _ranges(reply)
    )


@lru_cache(maxsize=256)
def _ranges(reading: Reading) -> list[tuple[Fact, Fact]]:
    return [
        (first, last)
        for first, last in pairwise(reading.facts)
        if first.kind == last.kind
        and (
            (first.start, first.end) == (last.start, last.end)
            or _is_range(reading.text, first.end, last.start)
        )
    ]


def _is_range(text: str, end: int, start: int) -> bool:
    """Whether what stands between two values makes them the ends of a range."""
    # The lengths first: a long list has many values far from each other.
    return 0 < start - end <= _LONGEST and bool(_RANGE.fullmatch(text, end, start))


@lru_cache(maxsize=256)
def _places(reading: Reading) -> dict[Fact, tuple[Sentence, int]]:
    """Return the first sentence that a fact stands in, and its number among the facts there."""
    found: dict[Fact, tuple[Sentence, int]] = {}
    for sentence in reading.sentences:
        for place, fact in enumerate(sentence.facts):
            found.setdefault(fact, (sentence, place))
    return found


Weights = dict[str, float]


# Between the ends of a range, which have the same words around them.
_RANGE = re.compile(r"\s?(?:[-–—~～至到]|to|until|till|and)\s?", re.IGNORECASE)
_LONGEST = len(" until ")
_FIRST, _LAST = "first end", "last end"


@lru_cache(maxsize=1024)
def _surroundings(reading: Reading, fact: Fact) -> tuple[Weights, Weights]:
    """Return the words before and after `fact` in its sentence, each with its nearness."""
    found = _places(reading).get(fact)
    if found is None:
        return {}, {}
    sentence, _ = found
    start, end, place = fact.start, fact.end, ""
    for other in sentence.facts:
        if other.kind != fact.kind:
            continue
        if _is_range(reading.text, other.end, fact.start):
            start, place = other.start, _LAST
        elif _is_range(reading.text, fact.end, other.start):
            end, place = other.end, _FIRST
    before = _TOKEN.findall(sentence.masked[: start - sentence.start])[::-1]
    after = _TOKEN.findall(sentence.masked[end - sentence.start :])
    around = _weights([_word(each) for each in before]), _weights([_word(each) for each in after])
    if place:
        around[0][place] = 0.3
    return around


def _word(token: str) -> str:
    return "\ufffc" if token.startswith("\ufffc") else stem(token)


def _weights(words: list[str]) -> Weights:
    weights: Weights = {}
    for distance, word in enumerate(words[:_WINDOW]):
        matters = 0.15 if not word.isalnum() else 0.4 if word in function_words() else 1.0
        weights.setdefault(word, matters / (1 + distance))
    return weights


def _likeness(one: tuple[Weights, Weights], two: tuple[Weights, Weights]) -> float:
    """Return what the surroundings share, half as much if it is before one and after the other."""
    return sum(
        worth * _shared(here, there)
        for side, here in enumerate(one)
        for worth, there in ((1.0, two[side]), (0.5, two[1 - side]))
    )


def _shared(here: Weights, there: Weights) -> float:
    return sum(min(weight, there[word]) for word, weight in here.items() if word in there)
