"""All checks of a brief."""

from __future__ import annotations

from backends.campaigns.copy.lies.contradiction import Contradiction
from backends.campaigns.copy.lies.ending import Ending
from backends.campaigns.copy.lies.lie import Asked, Check, Lie
from backends.campaigns.copy.lies.offered import Offered
from backends.campaigns.copy.lies.price_after import PriceAfter
from backends.campaigns.copy.lies.promotion import OfPromotion
from backends.campaigns.copy.lies.reduction import Reduction
from backends.campaigns.copy.lies.statements import Statements
from backends.campaigns.copy.lies.stock import Stock

CHECKS: tuple[Check, ...] = (
    Stock(),
    Ending(),
    OfPromotion(),
    Reduction(),
    PriceAfter(),
    Offered(),
    Contradiction(),
    Statements(),
)


def find_lies(asked: Asked) -> list[Lie]:
    """What a brief may not ask for; empty when it may be written. Blocking: call it in a thread."""
    return [lie for check in CHECKS for lie in check.lies(asked)]
