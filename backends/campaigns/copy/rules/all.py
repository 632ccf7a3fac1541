"""All rules."""

from __future__ import annotations

from functools import cache

from backends.campaigns.copy.rules.guarded import guarded_rules
from backends.campaigns.copy.rules.law import Law
from backends.campaigns.copy.rules.length import Length
from backends.campaigns.copy.rules.offer_terms import OfferTerms
from backends.campaigns.copy.rules.prices import Prices
from backends.campaigns.copy.rules.product_named import ProductNamed
from backends.campaigns.copy.rules.product_prices import ProductPrices
from backends.campaigns.copy.rules.ratings import Ratings
from backends.campaigns.copy.rules.rule import Copy, Objection, Rule, objections
from backends.campaigns.copy.rules.scarcity import Scarcity
from backends.campaigns.copy.rules.urgency import Urgency


@cache
def rules() -> tuple[Rule, ...]:
    """One of each; they keep nothing between texts."""
    return (
        Length(),
        Law(),
        ProductNamed(),
        Prices(),
        ProductPrices(),
        OfferTerms(),
        Scarcity(),
        Urgency(),
        Ratings(),
        *guarded_rules(),
    )


def judge(copy: Copy) -> list[Objection]:
    """What the rules have against a text; takes some ms of a processor: call it in a thread."""
    return objections(copy, rules())
