"""Splicing: a sentence says what one sentence of the evidence says, not pieces of several."""

from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.reading import read, read_all
from xiaoer.generation.guard.reading.sentence import Sentence
from xiaoer.generation.guard.rule import Rule

#: So many pieces may stand elsewhere by chance: a word that the shop uses everywhere.
_CHANCE = 1


class Splicing(Rule):
    """No sentence begins as one sentence of the evidence and goes on as another.

    A small model that copies may jump from one passage into the next where they share a word, and
    what it then says stands nowhere, though each piece does. Such a sentence finds clearly more of
    its content in all the evidence than in any single sentence of it. Words of the reply's own are
    found in neither and do not count.

    Args:
        share: The most of a sentence's content that may be found only beside its best sentence of
            the evidence, 0 to 1.
    """

    name: ClassVar[str] = "splicing"

    def __init__(self, share: float = 0.12) -> None:
        self._share = share

    def objection(self, draft: Draft) -> str | None:
        """Return the first sentence that is put together."""
        proofs = [one for each in read_all(draft.evidence + draft.known) for one in each.sentences]
        keys = {sentence.key for sentence in proofs}
        grounds = [_said(sentence) for sentence in proofs]
        everything = set().union(*grounds)
        for sentence in read(draft.reply).sentences:
            said = _said(sentence)
            if not said or sentence.key in keys:
                continue
            best = max((len(said & ground) for ground in grounds), default=0)
            elsewhere = len(said & everything) - best
            if elsewhere > max(_CHANCE, self._share * len(said)):
                return sentence.text
        return None


def _said(sentence: Sentence) -> set[str]:
    """Return the content of a sentence and its facts as they are written."""
    return {*sentence.content, *(fact.text.lower() for fact in sentence.facts)}
