"""Polarity: a reply must not say yes where the evidence says no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, permutations
from typing import ClassVar, NamedTuple

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.lexicons import Classes, Patterns, compile_any, lexicon
from xiaoer.generation.guard.reading.clause import Clause
from xiaoer.generation.guard.reading.normalising import small
from xiaoer.generation.guard.reading.reading import Reading, read, read_all
from xiaoer.generation.guard.reading.sentence import Sentence
from xiaoer.generation.guard.reading.words import content_units
from xiaoer.generation.guard.rule import Rule

_FILE = "words.yml"
#: A clause of the evidence that agrees and is nearly as like speaks against a contradiction.
_NEARLY = 0.7


class Polarity(Rule):
    """No clause denies what the likest clause of the evidence says, or says what that denies.

    Args:
        likeness: The share of a clause's content from which on a clause of the evidence is
            compared with it.
    """

    name: ClassVar[str] = "polarity"

    def __init__(self, likeness: float = 0.5) -> None:
        self._likeness = likeness

    def objection(self, draft: Draft) -> str | None:
        """Return the first clause that the evidence contradicts."""
        evidence = read_all(draft.evidence)
        keys = {key for each in evidence for key in each.keys}
        proofs = [proof for each in evidence for proof in _proofs(each)]
        stated = [one for each in evidence for one in each.sentences if not one.is_question]
        reply = read(draft.reply)
        for sentence in reply.sentences:
            if sentence.key in keys:
                continue
            if _is_same_but_for_negations(sentence, stated):
                return sentence.text
            clauses = [_joined([clause]) for clause in sentence.clauses if clause.content]
            for number, clause in enumerate(clauses):
                around = clauses[max(0, number - 1) : number + 2]
                if self._is_contradicted(clause, around, proofs):
                    return clause.text.strip()
        return _false_answer(draft, evidence)

    def _is_contradicted(
        self, said: _Statement, around: list[_Statement], proofs: list[_Statement]
    ) -> bool:
        against = agreeing = 0.0
        for proof in proofs:
            if not proof.is_said_by(said):
                continue
            shared = len(said.content & proof.content)
            coverage = shared / len(said.content)
            if not _contradict(said, around, proof):
                agreeing = max(agreeing, coverage)
            elif len(proof.members) > 1:
                continue
            elif shared >= _SAME * len(said.content | proof.content):
                return not any(
                    said.content == other.content and not _contradict(said, around, other)
                    for other in proofs
                )
            else:
                against = max(against, coverage)
        return against >= self._likeness and agreeing < _NEARLY * against


@dataclass(frozen=True)
class _Statement:
    """What one clause says, or two neighbours together.

    Attributes:
        text: The clauses, their facts blanked out.
        content: Their units of content; for likeness, without conditions that have opposites.
        denied: The units that follow a negation.
        asserted: The others.
        is_negated: Whether it denies.
        sides: Which sides of the pairs of opposites it has: twice a pair's number, and one more.
        members: The content of each of the clauses.
    """

    text: str
    content: frozenset[str]
    denied: frozenset[str]
    asserted: frozenset[str]
    is_negated: bool
    sides: frozenset[int]
    members: tuple[frozenset[str], ...]

    def is_said_by(self, said: _Statement) -> bool:
        """Whether `said` has something of each of its clauses, so that it may join them."""
        return len(self.members) == 1 or all(
            said.content & member - other for member, other in permutations(self.members)
        )


@lru_cache(maxsize=256)
def _proofs(reading: Reading) -> list[_Statement]:
    proofs = []
    for sentence in reading.sentences:
        if sentence.is_question:
            continue
        clauses = [clause for clause in sentence.clauses if clause.content]
        groups = [[clause] for clause in clauses] + [list(pair) for pair in pairwise(clauses)]
        proofs += [_joined(group) for group in groups]
    return proofs


def _joined(clauses: list[Clause]) -> _Statement:
    members = tuple(_content(clause) for clause in clauses)
    return _Statement(
        " ".join(clause.text for clause in clauses),
        frozenset().union(*members),
        frozenset().union(*(clause.denied for clause in clauses)),
        frozenset().union(*(clause.asserted for clause in clauses)),
        any(clause.is_negated for clause in clauses),
        frozenset().union(*(_sides(clause.text) for clause in clauses)),
        members,
    )


@lru_cache(maxsize=1024)
def _content(clause: Clause) -> frozenset[str]:
    content = frozenset(clause.content)
    text = _opposites().conditions.blank(clause.plain)
    return (content & frozenset(unit for unit, _ in content_units(text))) or content


@lru_cache(maxsize=1024)
def _sides(text: str) -> frozenset[int]:
    return frozenset(map(int, _opposites().sides.find(text)))


def _contradict(said: _Statement, around: list[_Statement], proof: _Statement) -> bool:
    if said.is_negated != proof.is_negated and not said.denied & proof.denied:
        # What one clause of the evidence denies the reply may say in two:
        # it was dropped, so it is not covered.
        rest = proof.content - said.content
        if not (proof.is_negated and any(one.is_negated and one.content & rest for one in around)):
            return True
    if said.denied & (proof.asserted - proof.denied) or (said.asserted - said.denied) & (
        proof.denied - proof.asserted
    ):
        return True
    return any(
        side ^ 1 in proof.sides and side ^ 1 not in said.sides and side not in proof.sides
        for side in said.sides
    )


_NEGATORS = re.compile(
    r"[不没无未别非勿]|(?<![A-Za-z])(?:not|no|never|none|nor|neither|cannot|without|unless|except|unable)(?![A-Za-z])|n't(?![A-Za-z])",
    re.IGNORECASE,
)
#: From this share of common content on two sentences are one with small changes.
_SAME = 0.7


def _is_same_but_for_negations(sentence: Sentence, stated: list[Sentence]) -> bool:
    """Whether sentences of the evidence are nearly this one, and none denies as often."""
    content = set(sentence.content)
    shape = _shape(sentence)
    close = [
        _shape(one)
        for one in stated
        if content and len(content & set(one.content)) >= _SAME * len(content | set(one.content))
    ]
    return any(one[0] == shape[0] for one in close) and shape not in close


def _shape(sentence: Sentence) -> tuple[int, int]:
    """Return how many clauses a sentence has, bare answers and polite ones left out, and negators."""
    clauses = [clause for clause in sentence.clauses if not _answer(clause)]
    stating = sum(bool(clause.content) for clause in clauses)
    return stating, sum(len(_NEGATORS.findall(clause.plain)) for clause in clauses)


class _Opposites(NamedTuple):
    """The words of the pairs of opposites, and of those of them that are conditions."""

    sides: Classes
    conditions: Patterns


@cache
def _opposites() -> _Opposites:
    conditions = [side for pair in lexicon(_FILE)["opposite_conditions"] for side in pair]
    others = [side for pair in lexicon(_FILE)["opposites"] for side in pair]
    sides = {
        str(number): _by_language([side]) for number, side in enumerate([*conditions, *others])
    }
    return _Opposites(Classes(sides, _FILE), Patterns(_by_language(conditions), _FILE))


def _by_language(words: list[str]) -> dict[str, list[str]]:
    return {
        "zh": [word for word in words if not word.isascii()],
        "en": [word for word in words if word.isascii()],
    }


def _false_answer(draft: Draft, evidence: list[Reading]) -> str | None:
    """Return a yes of the reply where the likest passage says no, or a no where it says yes."""
    reply = read(draft.reply)
    said = next(
        filter(None, (_answer(clause) for one in reply.sentences for clause in one.clauses)), None
    )
    if said is None or not evidence:
        return None
    content = {
        unit
        for each in (reply, read(draft.question))
        for one in each.sentences
        for unit in one.content
    }

    def likeness(passage: Reading) -> int:
        return len(content & {unit for one in passage.sentences for unit in one.content})

    likest = max(evidence, key=likeness)
    answers = [_answer(clause) for one in likest.sentences for clause in one.clauses]
    proofs = {answer[1] for answer in answers if answer}
    return said[0] if proofs and said[1] not in proofs else None


def _answer(clause: Clause) -> tuple[str, bool] | None:
    """Return the clause and whether it is a yes, if it is a bare yes or no."""
    yes, no = _answers()
    text = clause.text.strip(" ,，.。!！:：;；~～—–-")
    if yes.fullmatch(small(text)):
        return text, True
    return (text, False) if no.fullmatch(small(text)) else None


@cache
def _answers() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = lexicon(_FILE)["answers"]
    return compile_any(words["yes"], _FILE), compile_any(words["no"], _FILE)
