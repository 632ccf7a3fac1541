"""Splicing: a sentence says what one place of the evidence says, not pieces of several."""

from collections.abc import Sequence
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
    its content in all the evidence than in any sentence of it and the next one. Words of the reply's own are
    found in neither and do not count.

    Args:
        share: The most of a sentence's content that may be found only beside its best place in
            the evidence, 0 to 1.
    """

    name: ClassVar[str] = "splicing"

    def __init__(self, share: float = 0.12) -> None:
        self._share = share

    def objection(self, draft: Draft) -> str | None:
        """Return the first sentence that is put together."""
        texts = [each.sentences for each in read_all(draft.evidence + draft.known)]
        keys = {sentence.key for sentences in texts for sentence in sentences}
        grounds = [ground for sentences in texts for ground in _grounds(sentences)]
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


def _grounds(sentences: Sequence[Sentence]) -> list[set[str]]:
    """Return what each sentence of a text says together with the next one."""
    said = [_said(sentence) for sentence in sentences]
    return [set().union(*said[at : at + 2]) for at in range(len(said))]


def _said(sentence: Sentence) -> set[str]:
    """Return the content of a sentence and its facts as they are written."""
    return {*sentence.content, *(fact.text.lower() for fact in sentence.facts)}
