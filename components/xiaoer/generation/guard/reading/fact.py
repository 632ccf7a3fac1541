"""A fact: something in a text that is right or wrong, never a matter of wording."""

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A number, price, date, identifier or the like.

    Attributes:
        kind: What it is, such as ``money:CNY``, ``seconds``, ``date`` or ``sku``.
        value: The same for all ways to write the same; of numbers in the kind's base unit.
        start: Where it begins in the normalised text.
        end: Where it ends.
        text: As it is written.
    """

    kind: str
    value: Hashable
    start: int
    end: int
    text: str
