"""A product that may be recommended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from backends.catalog.snapshot import Item


@dataclass(frozen=True)
class Candidate:
    """A product with its relevance.

    Attributes:
        item: the product.
        score: its relevance on any scale, higher is better, finite; only scores of one list are
            compared.
        sources, reasons: where it came from and why; the ranking hands them through.
    """

    item: Item
    score: float
    sources: tuple[Any, ...] = ()
    reasons: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if not math.isfinite(self.score):
            raise ValueError(f"The score of {self.item.id} is {self.score}, it must be finite.")
