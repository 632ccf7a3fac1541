"""Identifiers: order, tracking and product numbers, phones, addresses, codes."""

import re
from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.codes import (
    CODE,
    EMAIL,
    ORDER,
    PHONE,
    REPEATABLE,
    SKU,
    TRACKING,
    URL,
)
from xiaoer.generation.guard.reading.comparison import is_exchanged, is_moved, stands_in
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.reading import Reading, read, read_all
from xiaoer.generation.guard.rule import Rule

_KINDS = {CODE, EMAIL, ORDER, PHONE, SKU, TRACKING, URL}


class Identifiers(Rule):
    """Each identifier stands in the evidence; the customer's own order number may be repeated."""

    name: ClassVar[str] = "identifiers"

    def objection(self, draft: Draft) -> str | None:
        """Return the first identifier that stands nowhere it may come from, or that of another thing."""
        reply, evidence, known = read(draft.reply), read_all(draft.evidence), read_all(draft.known)
        own = {
            (fact.kind, fact.value)
            for each in (*known, read(draft.question))
            for fact in each.facts
            if each in known or fact.kind in REPEATABLE
        }
        for fact in reply.facts:
            if fact.kind not in _KINDS or (fact.kind, fact.value) in own:
                continue
            if not stands_in(fact, evidence) and not _is_word_of(fact, [*evidence, *known]):
                return fact.text
            if is_moved(fact, reply, evidence) or is_exchanged(fact, reply, evidence):
                return fact.text
        return None


def _is_word_of(fact: Fact, proofs: list[Reading]) -> bool:
    """Whether a name in capitals is written there otherwise: HEPA for Hepa."""
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(fact.text)}(?![A-Za-z0-9])", re.IGNORECASE)
    return fact.kind == CODE and any(word.search(proof.text) for proof in proofs)
