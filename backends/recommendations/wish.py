"""What is asked for, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backends.catalog.interpret import Interpretation
from backends.catalog.snapshot import Item
from backends.recommendations import signals
from backends.recommendations.history import Dealing
from backends.recommendations.ranking.rules import Wanted
from backends.recommendations.schemas import Language, Relation


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Attributes:
        words: what the customer said, "" for nothing.
        product: the product spoken of, or None.
        relation: how what is wanted relates to it.
        wanted: bounds given by parameters.
        limit: how many products.
        language: of the answer.
    """

    words: str
    product: Item | None
    relation: Relation
    wanted: Wanted
    limit: int
    language: Language


@dataclass(frozen=True)
class Person:
    """Somebody, as far as he is known.

    Attributes:
        dealings: what he did with products, the latest first.
        seen: products that he looked at a moment ago and that may not be written down.
        tags: probabilities of his profile, None without one.
    """

    dealings: Mapping[str, Dealing] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    tags: Mapping[str, float] | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known of him."""
        return bool(self.dealings or self.seen or self.tags)

    @property
    def weights(self) -> dict[str, float]:
        """What the model is told of him, by product id."""
        told = {
            product: signals.weight(dealing.counts, dealing.stars)
            for product, dealing in self.dealings.items()
        }
        for product in self.seen:
            told[product] = told.get(product, 0.0) + signals.WEIGHTS["view"]
        return {product: weight for product, weight in told.items() if weight > 0}

    @property
    def stars(self) -> dict[str, float]:
        """The ratings he gave, by product id."""
        return {
            product: float(dealing.stars)
            for product, dealing in self.dealings.items()
            if dealing.stars is not None
        }


def joined(wanted: Wanted, said: Interpretation) -> Wanted:
    """Add to the bounds given by parameters those read from the words; the former win."""
    low = said.price_min if wanted.price_min is None else wanted.price_min
    high = said.price_max if wanted.price_max is None else wanted.price_max
    if low is not None and high is not None and low > high:
        # What was read contradicts what was given.
        low, high = wanted.price_min, wanted.price_max
    brand = wanted.brand or (said.brand if said.brand not in wanted.without_brands else None)
    return replace(
        wanted,
        brand=brand,
        category=wanted.category or said.category,
        price_min=low,
        price_max=high,
    )
