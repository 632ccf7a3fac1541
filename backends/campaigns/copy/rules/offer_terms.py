"""Offer terms: an offer is told whole, with its condition, code and last day."""

from __future__ import annotations

from typing import ClassVar

from backends.campaigns.copy.briefs.brief import AMOUNT, PERCENT, Offer
from backends.campaigns.copy.rules.rule import Copy, Objection, Rule
from xiaoer.generation.guard.reading.dates import DATE
from xiaoer.generation.guard.reading.quantities import DISCOUNT, MONEY
from xiaoer.generation.guard.reading.quantities import PERCENT as SHARE
from xiaoer.generation.guard.reading.reading import read


class OfferTerms(Rule):
    """A text for a brief with an offer says what it is, on which condition and until when."""

    name: ClassVar[str] = "offer_terms"

    def objection(self, copy: Copy) -> Objection | None:
        """Return the term that is missing; why names it."""
        offer = copy.brief.offer
        if offer is None:
            return None
        said = {fact.value for fact in read(copy.text).facts}
        terms = read(copy.facts.offers[0]).facts
        lower = copy.text.casefold()
        for why, word in (("code", offer.code), ("gift", offer.gift)):
            if word and word.casefold() not in lower:
                return self.against(word, why)
        kinds = [("value", _kinds(offer)), ("until", (DATE,))]
        if offer.minimum is not None:
            kinds.append(("minimum", (MONEY,)))
        for why, wanted in kinds:
            for term in terms:
                if term.kind.startswith(wanted) and term.value not in said:
                    return self.against(term.text, why)
        return None


def _kinds(offer: Offer) -> tuple[str, ...]:
    return {AMOUNT: (MONEY,), PERCENT: (DISCOUNT, SHARE)}.get(offer.kind, ("none",))
