"""Prices: every sum and discount is a fact, and no present price is called the former one."""

from __future__ import annotations

import re
from typing import ClassVar

from backends.campaigns.copy.facts import Facts, WareFacts
from backends.campaigns.copy.rules.rule import Copy, Objection, Rule
from backends.campaigns.copy.rules.words import pattern
from xiaoer.generation.guard.reading.comparison import stands_in
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.normalising import small
from xiaoer.generation.guard.reading.quantities import DISCOUNT, MONEY, PERCENT
from xiaoer.generation.guard.reading.reading import Reading, read, read_all

#: How far before a sum the word stands that says what it is, and what may stand between.
_NEAR = 24
_BETWEEN = re.compile(r"(?:[\s:：为是在至\"'(（]|is|at|only|just|a|the|was)*")


class Prices(Rule):
    """Each sum, percentage and discount stands in the facts, in its role.

    The guard's own rule also looks whether a price stands among the words it has in the evidence;
    advertising says it in other words, so that roles are told by words of their own: was, now, save.
    """

    name: ClassVar[str] = "prices"

    def objection(self, copy: Copy) -> Objection | None:
        """Return the first sum that is no fact, or one in another's role."""
        reading, evidence = read(copy.text), read_all(copy.facts.evidence)
        roles = _roles(copy.facts)
        for fact in reading.facts:
            if fact.kind not in (DISCOUNT, PERCENT) and not fact.kind.startswith(MONEY):
                continue
            if not stands_in(fact, evidence):
                return self.against(fact.text)
            role = _role(fact, reading)
            if role and fact.kind.startswith(MONEY) and fact.value not in roles[role]:
                return self.against(fact.text, role)
        return None


def _role(fact: Fact, reading: Reading) -> str | None:
    """Return what the words before a sum call it: ``was``, ``now``, ``saving`` or nothing."""
    before = small(reading.text[max(0, fact.start - _NEAR) : fact.start])
    for name in ("was", "now", "saving"):
        for match in pattern(name).finditer(before):
            if _BETWEEN.fullmatch(before[match.end() :]):
                return name
    return None


def _roles(facts: Facts) -> dict[str, set[object]]:
    roles: dict[str, set[object]] = {"was": set(), "now": set(), "saving": set()}
    for product in facts.products:
        roles["now"] |= _sums(product.price, product.final)
        # Before the offer it costs what it costs now without it.
        roles["was"] |= _sums(product.was, product.price if product.final else None)
        roles["saving"] |= _sums(product.saving)
    offers = _sums(*facts.offers)
    roles["saving"] |= offers
    for name in ("now", "was"):
        roles[name] |= _sums(*facts.vouched)
    roles["now"] |= _sums(*(one for product in facts.products for one in _said(product)))
    return roles


def _said(product: WareFacts) -> list[str]:
    return [product.summary or "", *product.details]


def _sums(*texts: str | None) -> set[object]:
    return {
        fact.value
        for text in texts
        if text
        for fact in read(text).facts
        if fact.kind.startswith(MONEY)
    }
