"""What the shopkeeper adds: facts to vouch for, points to make, a gift, a code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backends.campaigns.copy.facts import Facts
from backends.campaigns.copy.lies.lie import Asked, Check, Lie
from backends.campaigns.copy.rules.guarded import Guarded
from backends.campaigns.copy.rules.law import Law
from backends.campaigns.copy.rules.prices import Prices
from backends.campaigns.copy.rules.ratings import Ratings
from backends.campaigns.copy.rules.rule import Copy, Rule
from backends.campaigns.copy.rules.scarcity import Scarcity
from backends.campaigns.copy.rules.urgency import Urgency
from xiaoer.generation.guard.rules.dates import Dates
from xiaoer.generation.guard.rules.grounding import Grounding
from xiaoer.generation.guard.rules.identifiers import Identifiers
from xiaoer.generation.guard.rules.instructions import Instructions
from xiaoer.generation.guard.rules.language import Language
from xiaoer.generation.guard.rules.numbers import Numbers
from xiaoer.generation.guard.rules.personal_data import PersonalData
from xiaoer.generation.guard.rules.polarity import Polarity
from xiaoer.generation.guard.rules.promises import Promises

#: What nobody can vouch for.
_NEVER: tuple[tuple[Rule, str], ...] = (
    (Law(), "forbidden"),
    (Scarcity(), "not_scarce"),
    (Urgency(), "pressing"),
    (Ratings(), "rating"),
    (Guarded(PersonalData(), without_names=True), "personal_data"),
    (Guarded(Instructions()), "instruction"),
    (Guarded(Language()), "language"),
    (Prices(), "price"),
)
#: What a point to be made must have in the facts.
_SUPPORT: tuple[tuple[Rule, str], ...] = (
    (Guarded(Identifiers()), "not_in_facts"),
    (Guarded(Numbers()), "not_in_facts"),
    (Guarded(Dates()), "not_in_facts"),
    (Guarded(Promises()), "not_in_facts"),
    (Guarded(Polarity()), "not_in_facts"),
    (Guarded(Grounding(share=0.75)), "not_in_facts"),
)


class Statements(Check):
    """No statement says what cannot be vouched for; each point follows from the facts."""

    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Read each statement by itself."""
        brief = asked.brief
        for text in brief.facts:
            yield from _against(asked, "facts", text, _NEVER, asked.known)
        for text in brief.points:
            found = list(_against(asked, "points", text, _NEVER, asked.vouched))
            yield from found or _against(asked, "points", text, _SUPPORT, asked.vouched)
        offer = brief.offer
        if offer and offer.gift:
            yield from _against(asked, "offer.gift", offer.gift, _NEVER[:6], asked.known)
        if offer and offer.code:
            yield from _against(asked, "offer.code", offer.code, _NEVER[:1], asked.known)


def _against(
    asked: Asked, field: str, text: str, rules: Sequence[tuple[Rule, str]], facts: Facts
) -> Iterator[Lie]:
    """Yield the first thing that is wrong with a statement."""
    copy = Copy(text, asked.brief, facts, asked.material, ())
    for rule, reason in rules:
        objection = rule.objection(copy)
        if objection is not None:
            yield Lie(reason, field, objection.what)
            return
