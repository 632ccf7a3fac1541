"""Promises: what commits the shop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.lexicons import Classes, Patterns, lexicon
from xiaoer.generation.guard.reading.clause import Clause
from xiaoer.generation.guard.reading.codes import REPEATABLE
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.reading import Reading, read, read_all
from xiaoer.generation.guard.reading.sentence import Sentence
from xiaoer.generation.guard.reading.sentences import sentence_key
from xiaoer.generation.guard.rule import Rule

_FILE = "promises.yml"
#: (class, whether it is denied)
Promise = tuple[str, bool]


class Promises(Rule):
    """What commits the shop follows from one sentence of the evidence.

    Args:
        support: The share of the sentence's content that this sentence of the evidence must have:
            "free delivery" proves no free repair.
    """

    name: ClassVar[str] = "promises"

    def __init__(self, support: float = 0.5) -> None:
        self._support = support

    def objection(self, draft: Draft) -> str | None:
        """Return the first words that promise what the evidence does not."""
        reply, evidence = read(draft.reply), read_all(draft.evidence)
        proofs = [proof for each in evidence for proof in _statements(each)]
        for number, sentence in enumerate(reply.sentences):
            if done := _lexicon().never.search(sentence.text):
                return done
            if what := self._adopted(reply, number, draft, evidence, proofs):
                return what
            if any(sentence.key in each.keys for each in evidence):
                continue
            neighbours = reply.sentences[max(0, number - 1) : number + 2]
            if what := self._unfounded(_Statement([sentence]), proofs, neighbours):
                return what
        return None

    def _unfounded(
        self, said: _Statement, proofs: list[_Statement], neighbours: list[Sentence]
    ) -> str | None:
        if not said.promises:
            return None
        behind = [
            proof
            for proof in proofs
            if said.promises.keys() <= proof.promises.keys() and self._is_about(said, proof)
        ]
        if not behind:
            missing = [
                words
                for promise, words in said.promises.items()
                if not any(promise in proof.promises for proof in proofs)
            ]
            return (missing or list(said.promises.values()))[0]
        if not any(_lexicon().conditions.search(one.masked) for one in neighbours):
            for promise, words in said.promises.items():
                if promise[0] in _lexicon().conditional and all(
                    proof.is_conditional(promise) for proof in behind
                ):
                    return words
        return None

    def _is_about(self, said: _Statement, proof: _Statement) -> bool:
        content = [unit for clause in said.promising for unit in clause.content]
        shared = sum(unit in proof.content for unit in content)
        return shared >= self._support * len(content)

    def _adopted(
        self,
        reply: Reading,
        number: int,
        draft: Draft,
        evidence: list[Reading],
        proofs: list[_Statement],
    ) -> str | None:
        """Return the yes with which the reply takes over something unfounded from the question."""
        sentence = reply.sentences[number]
        yes = _lexicon().affirmation.match(sentence.text)
        is_bare = yes is not None and sentence.key == sentence_key(yes)
        if yes is None or (not is_bare and any(sentence.key in each.keys for each in evidence)):
            return None
        following = reply.sentences[number + 1].key if number + 1 < len(reply.sentences) else ""
        if following and any(_follow(each, sentence.key, following) for each in evidence):
            return None
        question = read(draft.question)
        wished = _Statement(question.sentences).promises
        known = {promise for proof in proofs for promise in proof.promises}
        values = {(fact.kind, fact.value) for each in evidence for fact in each.facts}
        if any(name != "commitment" and (name, False) not in known for name, _ in wished) or any(
            (fact.kind, fact.value) not in values for fact in question.facts if _can_be_wished(fact)
        ):
            return yes
        return None


def _can_be_wished(fact: Fact) -> bool:
    """Whether a fact of the question is not one that the customer knows best: an order, a past day."""
    return fact.kind not in REPEATABLE and not str(fact.value).startswith(
        ("last ", "yesterday", "this ")
    )


def _follow(reading: Reading, first: str, second: str) -> bool:
    keys = [sentence.key for sentence in reading.sentences]
    return (first, second) in pairwise(keys)


class _Statement:
    """What stands in one sentence, or in the parts of one that semicolons separate."""

    def __init__(self, sentences: list[Sentence]) -> None:
        self.clauses = [clause for sentence in sentences for clause in sentence.clauses]

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset(unit for clause in self.clauses for unit in clause.content)

    @cached_property
    def _places(self) -> dict[Promise, tuple[int, str]]:
        """The promises, each with the number of its clause and its words."""
        places: dict[Promise, tuple[int, str]] = {}
        for number, clause in enumerate(self.clauses):
            for name, words in _lexicon().classes.find(clause.text).items():
                places.setdefault((name, clause.is_negated), (number, words))
        return places

    @cached_property
    def promises(self) -> dict[Promise, str]:
        return {promise: words for promise, (_, words) in self._places.items()}

    @property
    def promising(self) -> list[Clause]:
        return [
            self.clauses[number] for number in sorted({place for place, _ in self._places.values()})
        ]

    def is_conditional(self, promise: Promise) -> bool:
        """Whether a condition stands in the clause of the promise or in one beside it."""
        number = self._places[promise][0]
        around = self.clauses[max(0, number - 1) : number + 2]
        return any(_lexicon().conditions.search(clause.text) for clause in around)


@lru_cache(maxsize=256)
def _statements(reading: Reading) -> list[_Statement]:
    """Return the statements of a passage; what asks states nothing."""
    groups: list[list[Sentence]] = []
    goes_on = False
    for sentence in reading.sentences:
        if sentence.is_question:
            goes_on = False
            continue
        if goes_on:
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
        goes_on = sentence.text[-1] in ";；"
    return [_Statement(group) for group in groups]


@dataclass(frozen=True)
class _Lexicon:
    never: Patterns
    classes: Classes
    conditional: frozenset[str]
    conditions: Patterns
    affirmation: Patterns


@cache
def _lexicon() -> _Lexicon:
    content = lexicon(_FILE)
    # A yes by itself or before a pause, not 可以退 or "sure that".
    affirmations = {
        language: [rf"(?:{word})(?=\s*(?:[,，.。!！~～、—–:：-]|$))" for word in words]
        for language, words in content["affirmations"].items()
    }
    return _Lexicon(
        Patterns(content["never"], _FILE),
        Classes(content["classes"], _FILE),
        frozenset(content["conditional"]),
        Patterns(content["conditions"], _FILE),
        Patterns(affirmations, _FILE),
    )
