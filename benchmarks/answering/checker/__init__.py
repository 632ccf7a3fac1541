"""What a reply states and promises that its evidence does not bear out.

It judges the fallback's answers and shares no code with the guard that lets them pass. Both texts
become typed facts (`facts`), and a fact of the reply holds if the evidence has the same one where
it speaks of the same matter: no piece with another fact of that kind may resemble the reply's
piece clearly more than one that bears it out. A promise (`promises`) holds if a sentence of the
evidence promises the same, says most of what the reply's clause says, and under no condition that
the reply leaves out. A clause that the evidence has nearly word for word, but the other way about,
is its opposite. In doubt it reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .evidence import Evidence, limited, pieces
from .facts import facts
from .texts import CLAUSE, SENTENCE, normalise, spans

__all__ = ["unsupported"]


def unsupported(reply: str, evidence: Sequence[str], allowed: Sequence[str] = ()) -> list[str]:
    """Return what in the reply neither the evidence nor the allowed texts support; [] if nothing.

    `evidence` are the answers that were looked up and the fixed responses of the language;
    `allowed` may be repeated in any context: titles of buttons, reference numbers.
    """
    known = Evidence(evidence)
    free = [normalise(text) for text in allowed]
    text = normalise(reply)
    found = [*_unsupported_facts(text, known, free), *_unsupported_claims(text, known, free)]
    return list(dict.fromkeys(found))


def _unsupported_facts(text: str, known: Evidence, free: list[str]) -> Iterator[str]:
    repeatable = [fact for other in free for fact in facts(other)]
    for piece in pieces(text):
        for fact in piece.facts:
            if any(other.supports(fact) for other in repeatable):
                continue
            if reason := known.rejects(fact, piece):
                yield f"{fact.kind} ({reason}): {fact.surface}"


def _unsupported_claims(text: str, known: Evidence, free: list[str]) -> Iterator[str]:
    for sentence in (text[slice(*span)] for span in spans(text, SENTENCE)):
        bound = limited(sentence, text)
        for clause in (sentence[slice(*span)].strip() for span in spans(sentence, CLAUSE)):
            if any(clause.lower() in other.lower() for other in free):
                continue
            yield from (
                f"promise of {kind}: {clause}" for kind in known.broken(clause, sentence, bound)
            )
            if known.contradicts(clause):
                yield f"opposite of the evidence: {clause}"
