"""What a text that no template made rests on."""

from __future__ import annotations

from backends.campaigns.copy.facts import Fact, Facts
from backends.campaigns.copy.writing.likeness import pairs
from backends.campaigns.copy.writing.variant import Ground
from xiaoer.generation.guard.reading.fact import Fact as Read
from xiaoer.generation.guard.reading.reading import read


def grounds_of(text: str, facts: Facts) -> tuple[Ground, ...]:
    """Return the fact that each sentence rests on, and the one of each number in it.

    A sentence rests on the fact that it shares most pairs of characters with; one that shares
    hardly any says nothing of the product and has no ground.
    """
    grounds: list[Ground] = []
    reading = read(text)
    for sentence in reading.sentences:
        best = max(facts.all, key=lambda fact: _shared(sentence.text, fact.text))
        if _shared(sentence.text, best.text) >= 3:
            grounds.append(Ground(sentence.text.strip(), best.text, best.source))
    for said in reading.facts:
        proof = next((fact for fact in facts.all if _proves(fact, said)), None)
        if proof is not None:
            grounds.append(Ground(said.text, proof.text, proof.source))
    return tuple(dict.fromkeys(grounds))


def _shared(text: str, fact: str) -> float:
    of_fact = pairs(fact)
    return len(pairs(text) & of_fact) * (1 + 1 / (1 + len(of_fact)))


def _proves(fact: Fact, said: Read) -> bool:
    return any((one.kind, one.value) == (said.kind, said.value) for one in read(fact.text).facts)
