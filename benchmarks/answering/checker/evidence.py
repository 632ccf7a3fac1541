"""The evidence as the checker reads it: pieces that hold facts, clauses that bear promises out."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .facts import Fact, blanked, facts
from .promises import DONE, PROMISES, denies, matters, promises
from .texts import CLAUSE, PIECE, SENTENCE, content, normalise, spans

# Share of a promise's content that the evidence must have; what is said to be done needs nearly all.
_SHARE = 0.6
_SHARE_DONE = 0.8
# Share of a clause that its denial must have, and how much more of it than any clause that agrees.
_SHARE_OPPOSITE = 0.75
_LEAD_OPPOSITE = 0.2
# How much more another piece may resemble the claim before the fact counts as taken from elsewhere.
_SLACK = 1.15
_LEAD = 1.0
# What stands beside a piece in its sentence tells of its matter too, but less.
_BESIDE = 0.5
# What is one thing wherever it is said.
_NAMES = ("e-mail", "address on the web", "code", "number of digits")
# A value that the evidence only fills in later ("order {number} is cancelled") bears nothing out.
_PLACEHOLDER = re.compile(r"\{\w+\}")
_CONDITION = re.compile(
    r"如果|若|的话|只有|仅|除非|凭|满|完好|质量|保修期内|没(?!有)|未|不通"
    r"|\b(?:if|unless|only|while|faulty|under|once|from|when|with)\b",
    re.IGNORECASE,
)
# What is said to one whom something went wrong for holds for such a case only.
_APOLOGY = re.compile(r"抱歉|对不起|\bsorry\b", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A part of a sentence: what it is about, what the rest of its sentence is, and its facts."""

    content: frozenset[str]
    beside: frozenset[str]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Clause:
    """A clause of the evidence: the promises it can bear out, and what it and its text are about.

    `limited` tells whether it holds for some case or figure only.
    """

    kinds: frozenset[str]
    text: str
    own: frozenset[str]
    sentence: frozenset[str]
    beside: frozenset[str]
    facts: tuple[Fact, ...]
    denied: bool
    limited: bool

    def states(self, figures: Sequence[Fact]) -> bool:
        """Tell whether this clause has all these figures."""
        return all(any(own.supports(fact) for own in self.facts) for fact in figures)


class Evidence:
    """The pieces and the clauses of the evidence, and how telling each word of it is."""

    def __init__(self, texts: Sequence[str]) -> None:
        kept = [text for text in dict.fromkeys(texts) if not _PLACEHOLDER.search(text)]
        read = [_read(text) for text in kept]
        self._pieces = [piece for found, _ in read for piece in found]
        self._clauses = [clause for _, found in read for clause in found]
        self._seen = Counter(word for piece in self._pieces for word in piece.content)

    def rejects(self, fact: Fact, claim: Piece) -> str:
        """Return why the evidence does not bear out a fact of the reply's piece, or ""."""
        bearing, others = [], [0.0]
        for piece in self._pieces:
            if any(own.supports(fact) for own in piece.facts):
                bearing.append(self._likeness(claim, piece))
            elif _differs(piece, fact.kind, claim):
                others.append(self._likeness(claim, piece))
        if not bearing:
            return "not in the evidence"
        if fact.kind in _NAMES:
            return ""
        own, other = max(bearing), max(others)
        taken = other > own * _SLACK and other > own + _LEAD
        return "of another matter" if taken or (not own and claim.content) else ""

    def broken(self, clause: str, sentence: str, bound: bool) -> Iterator[str]:
        """Yield what a clause of the reply promises and no sentence of the evidence does.

        `bound` tells whether the reply names a case or a figure that the promise holds for.
        """
        for kind in promises(clause):
            bearing = [known for known in self._clauses if kind in known.kinds]
            if any(clause.lower() == known.text for known in bearing):
                continue
            about, figures = _object(clause, kind), facts(clause)
            if not about and figures:
                alike = [known for known in bearing if known.states(figures)]
            else:
                about = about or _object(sentence, kind)
                needed = self._weight(about) * (_SHARE_DONE if kind == DONE else _SHARE)
                alike = [known for known in bearing if about and self._told(about, known) >= needed]
            if not alike:
                yield kind
            elif all(known.limited for known in alike) and not bound:
                yield f"{kind} without its condition"

    def contradicts(self, clause: str) -> bool:
        """Tell whether the evidence says the opposite of a clause, more closely than it agrees."""
        about, denied = content(blanked(clause)), denies(clause)
        if len(about) < 2:
            return False
        shares = {
            agrees: max(
                (
                    self._weight(about & k.own)
                    for k in self._clauses
                    if (k.denied == denied) is agrees
                ),
                default=0.0,
            )
            / self._weight(about)
            for agrees in (True, False)
        }
        return shares[False] >= max(_SHARE_OPPOSITE, shares[True] + _LEAD_OPPOSITE)

    def _weight(self, words: frozenset[str]) -> float:
        """Return how much these words tell, in nats: rare ones tell more."""
        total = len(self._pieces) + 1
        return sum(math.log(1 + total / (1 + self._seen[word])) for word in words)

    def _likeness(self, claim: Piece, piece: Piece) -> float:
        near = self._weight(claim.content & piece.content)
        far = (claim.content & piece.beside) | (claim.beside & (piece.content | piece.beside))
        return near + _BESIDE * self._weight(far)

    def _told(self, about: frozenset[str], known: Clause) -> float:
        near, far = self._weight(about & known.sentence), self._weight(about & known.beside)
        return near + _BESIDE * far


def _differs(piece: Piece, kind: str, claim: Piece) -> bool:
    """Tell whether a piece has a fact of this kind that the claim has not."""
    stated = [fact for fact in piece.facts if fact.kind == kind]
    return any(not any(fact.supports(other) for other in claim.facts) for fact in stated)


def pieces(text: str) -> Iterator[Piece]:
    """Split a normalised text so that each fact stands with the words that it belongs to."""
    stated = facts(text)
    sentences = spans(text, SENTENCE)
    for start, end in spans(text, PIECE):
        whole = next((text[s:e] for s, e in sentences if s <= start < e), "")
        own = content(blanked(text[start:end]))
        inside = tuple(fact for fact in stated if start <= fact.start < end)
        yield Piece(own, content(blanked(whole)) - own, inside)


def limited(sentence: str, text: str) -> bool:
    """Tell whether a sentence of a normalised text holds for some case or figure only."""
    return bool(facts(sentence) or _CONDITION.search(sentence) or _APOLOGY.search(text))


def _clauses(text: str) -> Iterator[Clause]:
    everything = content(blanked(text))
    for sentence in (text[slice(*span)] for span in spans(text, SENTENCE)):
        around = content(blanked(sentence))
        for clause in (sentence[slice(*span)].strip() for span in spans(sentence, CLAUSE)):
            figures = tuple(facts(clause))
            yield Clause(
                kinds=frozenset(matters(clause)),
                text=clause.lower(),
                own=content(blanked(clause)),
                sentence=around,
                beside=everything - around,
                facts=figures,
                denied=denies(clause),
                # Only its own figures limit a clause, while a condition may stand beside it.
                limited=bool(figures or _CONDITION.search(sentence) or _APOLOGY.search(text)),
            )


@lru_cache(maxsize=4096)  # the fixed responses are evidence of every reply
def _read(text: str) -> tuple[tuple[Piece, ...], tuple[Clause, ...]]:
    text = normalise(text)
    return tuple(pieces(text)), tuple(_clauses(text))


def _object(clause: str, kind: str) -> frozenset[str]:
    """Return what is promised, without the words that promise it."""
    return content(blanked(clause if kind == DONE else PROMISES[kind].sub(" ", clause)))
